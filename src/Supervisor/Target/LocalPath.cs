using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// A Unix address of a program, as the supervisor has to write it to mean the same: a path is looked up from the program's root or
/// working directory.
/// </summary>
internal readonly unsafe ref struct LocalPath : IDisposable
{
    private const int FamilyLength = 2;

    private readonly DescriptorHandle? file;

    private LocalPath(DescriptorHandle? file, ReadOnlySpan<byte> sockaddr)
    {
        this.file = file;
        Sockaddr = sockaddr;
    }

    /// <summary>The address to use while this is open.</summary>
    public ReadOnlySpan<byte> Sockaddr { get; }

    /// <summary>Whether an address names a file; others mean the same to everybody.</summary>
    public static bool IsPath(ReadOnlySpan<byte> sockaddr) =>
        sockaddr.Length > FamilyLength && BitConverter.ToUInt16(sockaddr) == Linux.AF_UNIX && sockaddr[FamilyLength] != 0;

    /// <summary>Looks an address up, with the rights that this thread has.</summary>
    /// <param name="call">The call.</param>
    /// <param name="sockaddr">The program's address.</param>
    /// <param name="room">Room for the address to use.</param>
    /// <param name="path">To be disposed of in any case.</param>
    /// <param name="failed">What failed, where that is not the program's matter.</param>
    public static Errno Open(in Notification call, ReadOnlySpan<byte> sockaddr, Span<byte> room, out LocalPath path, out string? failed)
    {
        failed = null;
        path = new(null, sockaddr);
        if (!IsPath(sockaddr))
        {
            return Errno.None;
        }

        ReadOnlySpan<byte> text = sockaddr[FamilyLength..];
        int end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        bool isAbsolute = text[0] == '/';
        using var from = DescriptorHandle.Open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{call.Tid}/{(isAbsolute ? "root" : "cwd")}"), LibC.O_PATH | LibC.O_CLOEXEC);
        if (from.IsInvalid)
        {
            failed = "opening its directory";
            return Native.LastError;
        }

        Span<byte> name = stackalloc byte[text.Length + 1];
        text.CopyTo(name);
        name[text.Length] = 0;
        var how = new OpenHow { Flags = (ulong)(LibC.O_PATH | LibC.O_CLOEXEC), Resolve = isAbsolute ? (ulong)LibC.RESOLVE_IN_ROOT : 0 };
        fixed (byte* start = name)
        {
            var file = new DescriptorHandle(Native.sys_openat2(from.Descriptor, start, &how));
            Errno error = file.IsInvalid ? Native.LastError : Errno.None;
            path = new(file, error == Errno.None ? Write(file.Descriptor, room) : default);
            return error;
        }
    }

    public void Dispose() => file?.Dispose();

    /// <summary>A path may be longer than an address has room for; that of a descriptor is short.</summary>
    private static Span<byte> Write(int file, Span<byte> room)
    {
        BitConverter.TryWriteBytes(room, (ushort)Linux.AF_UNIX);
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file}\0");
        return room[..(FamilyLength + Encoding.ASCII.GetBytes(path, room[FamilyLength..]))];
    }
}
