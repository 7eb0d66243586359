using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>
/// A folder with the sockets of supervisors, PID.sock. Files in it are named by way of its descriptor, so that they are in the folder
/// that was looked at, whatever its path leads to later, and however long that is.
/// </summary>
internal sealed unsafe class StatusFolder : IDisposable
{
    private const string Name = "bind-to-interface";
    private const string Ending = ".sock";
    private const ushort OwnerOnly = 0x1c0; // 0700
    private const int OthersBits = 0x3f; // 0077

    private readonly DescriptorHandle descriptor;

    private StatusFolder(DescriptorHandle descriptor, uint owner) => (this.descriptor, Owner) = (descriptor, owner);

    /// <summary>The user that the folder belongs to.</summary>
    public uint Owner { get; }

    /// <summary>Where a user's supervisors put their sockets: the first of these paths that can be used.</summary>
    /// <param name="user">The user.</param>
    /// <param name="variable">The value of an environment variable.</param>
    public static IEnumerable<string> Own(uint user, Func<string, string?> variable)
    {
        // RUNTIME_DIRECTORY is systemd's, of a unit with RuntimeDirectory=. root does not write to places that a variable of a user names.
        string?[] parents = user == 0
            ? ["/run", .. Parts(variable("RUNTIME_DIRECTORY")).Where(path => path.StartsWith("/run/", StringComparison.Ordinal))]
            : [variable("XDG_RUNTIME_DIR"), .. Parts(variable("RUNTIME_DIRECTORY")), string.Create(CultureInfo.InvariantCulture, $"/run/user/{user}")];
        return parents.OfType<string>().Where(path => path.StartsWith('/')).Select(path => Path.Combine(path, Name)).Distinct();
    }

    /// <summary>Where sockets may be: the user's own places, those of services, and those of all users for root.</summary>
    public static IEnumerable<string> All(uint user, Func<string, string?> variable) =>
        Own(user, variable).Append($"/run/{Name}").Concat(Below("/run/user")).Concat(Below("/run")).Distinct();

    /// <summary>Opens a folder, and makes it where it is missing.</summary>
    /// <returns>null where that cannot be, or where it is another user's.</returns>
    public static StatusFolder? Make(string path, out Errno error)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (LibC.mkdir(name, OwnerOnly) != 0 && Native.LastError is var failed and not Errno.EEXIST)
            {
                error = failed;
                return null;
            }
        }

        StatusFolder? folder = Open(path, out error, out int mode);
        bool isPrivate = folder?.Owner == (uint)LibC.geteuid() && ((mode & OthersBits) == 0 || LibC.fchmod(folder.descriptor.Descriptor, OwnerOnly) == 0);
        if (folder is not null && !isPrivate)
        {
            folder.Dispose();
            error = Errno.EPERM;
            return null;
        }

        return folder;
    }

    /// <summary>Opens a folder that exists; null where that cannot be.</summary>
    public static StatusFolder? Open(string path) => Open(path, out _, out _);

    /// <summary>The path of a file in it, for calls of this process.</summary>
    public string At(string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Descriptor}/{file}");

    /// <summary>The file of a supervisor's socket.</summary>
    public static string FileOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"{pid}{Ending}");

    /// <summary>The files in it that are named as sockets are; none where it cannot be read.</summary>
    public IReadOnlyList<string> Files()
    {
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(At("")).Select(Path.GetFileName).OfType<string>()
                    .Where(file => file.EndsWith(Ending, StringComparison.Ordinal) && int.TryParse(file[..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Removes a file.</summary>
    public void Remove(string file)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(At(file) + '\0'))
        {
            _ = LibC.unlink(name);
        }
    }

    public void Dispose() => descriptor.Dispose();

    private static StatusFolder? Open(string path, out Errno error, out int mode)
    {
        var descriptor = DescriptorHandle.Open(path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC);
        error = descriptor.IsInvalid ? Native.LastError : Errno.None;
        mode = 0;
        statx status = default;
        byte nothing = 0;
        if (error == Errno.None && LibC.statx(descriptor.Descriptor, &nothing, LibC.AT_EMPTY_PATH, LibC.STATX_MODE | LibC.STATX_UID, &status) != 0)
        {
            error = Native.LastError;
        }

        if (error != Errno.None)
        {
            descriptor.Dispose();
            return null;
        }

        mode = status.stx_mode;
        return new StatusFolder(descriptor, status.stx_uid);
    }

    private static string[] Parts(string? paths) => paths?.Split(':') ?? [];

    private static IEnumerable<string> Below(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(path => Path.Combine(path, Name))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
