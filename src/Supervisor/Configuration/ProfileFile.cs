using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// Reads the file of a profile, and makes sure that nobody else can change it: who writes it decides where traffic goes. As with
/// sudo and ssh, it belongs to root or to the user of the supervisor, and no other user can write it. Its folders do not belong
/// to another user either, who could put another file there.
/// </summary>
internal static unsafe class ProfileFile
{
    private const int LargestBytes = 1 << 20;

    /// <summary>In a user namespace users without a number there have this one: also the root of the machine.</summary>
    private const uint OverflowUser = 65534;

    /// <summary>Reads the file.</summary>
    /// <returns>None; or why it cannot be read.</returns>
    /// <exception cref="SettingsException">It is not a file, or others can change it.</exception>
    public static Errno Read(string path, out byte[] content)
    {
        content = [];
        // Without O_NONBLOCK a pipe that nobody writes would stop the start.
        using var file = DescriptorHandle.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK | LibC.O_NOCTTY);
        if (file.IsInvalid)
        {
            return Native.LastError;
        }

        if (!TryStatus(file.Descriptor, "", out statx status))
        {
            return Native.LastError;
        }

        if ((status.stx_mode & LibC.S_IFMT) != LibC.S_IFREG)
        {
            throw new SettingsException($"{path}: this is not a regular file, which is what is accepted");
        }

        Check(path, status);
        return ReadAll(path, file, out content);
    }

    /// <summary>Whether there is something of this name, as far as this user may see.</summary>
    public static bool Exists(string path) => TryStatus(LibC.AT_FDCWD, path, out _);

    public static SettingsException CannotRead(string path, Errno error) =>
        new($"{path}: it cannot be read: {Marshal.GetPInvokeErrorMessage((int)error)}");

    private static Errno ReadAll(string path, DescriptorHandle file, out byte[] content)
    {
        content = new byte[4096];
        int length = 0;
        while (true)
        {
            fixed (byte* start = content)
            {
                nint read = (nint)(long)LibC.read(file.Descriptor, start + length, (size_t)(content.Length - length));
                if (read < 0 && Native.LastError != Errno.EINTR)
                {
                    return Native.LastError;
                }

                if (read == 0)
                {
                    content = content[..length];
                    return Errno.None;
                }

                length += (int)Math.Max(read, 0);
            }

            if (length > LargestBytes)
            {
                throw new SettingsException($"{path}: it is too large; accepted are {LargestBytes} bytes");
            }

            if (length == content.Length)
            {
                Array.Resize(ref content, 2 * length);
            }
        }
    }

    private static void Check(string path, in statx status)
    {
        uint self = LibC.geteuid();
        string user = self == 0 ? "root" : string.Create(CultureInfo.InvariantCulture, $"user {self} or root");
        if (IsOfAnother(status, self))
        {
            throw new SettingsException(string.Create(
                CultureInfo.InvariantCulture, $"{path}: it belongs to user {status.stx_uid}, who can change it; accepted is a file of {user} (chown {self} {path})"));
        }

        bool groupWrites = (status.stx_mode & LibC.S_IWGRP) != 0 && status.stx_gid != LibC.getegid();
        if (groupWrites || (status.stx_mode & LibC.S_IWOTH) != 0)
        {
            throw new SettingsException($"{path}: other users can write it; accepted is a file that only {user} can write (chmod go-w {path})");
        }

        // The path as it is given, and that to which its links lead.
        foreach (string folder in FoldersOf(path).Concat(FoldersOf(TargetOf(path))))
        {
            if (TryStatus(LibC.AT_FDCWD, folder, out statx its) && IsOfAnother(its, self))
            {
                throw new SettingsException(string.Create(
                    CultureInfo.InvariantCulture, $"{path}: the folder {folder} belongs to user {its.stx_uid}, who can put another file there; accepted is a file in folders of {user}, such as {ProfileFolders.System}"));
            }
        }
    }

    /// <summary>The file that a link leads to in the end; null where it is none, or leads nowhere.</summary>
    internal static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> FoldersOf(string? path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    /// <summary>Whether a file belongs to a user who is neither root nor the supervisor's.</summary>
    private static bool IsOfAnother(in statx status, uint self) =>
        status.stx_uid != 0 && status.stx_uid != self && !(status.stx_uid == OverflowUser && !AllUsersAreMapped());

    private static bool AllUsersAreMapped()
    {
        try
        {
            return File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool TryStatus(int descriptor, string path, out statx status)
    {
        statx found;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            bool done = LibC.statx(descriptor, name, path.Length == 0 ? LibC.AT_EMPTY_PATH : 0, LibC.STATX_BASIC_STATS, &found) == 0;
            status = found;
            return done;
        }
    }
}
