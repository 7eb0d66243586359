using System.Globalization;
using System.Text.Unicode;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>In which network namespace a thread makes its sockets.</summary>
internal static unsafe class NetworkNamespace
{
    private const int MaximumLength = 64;

    private static readonly byte[] Ours = Find("self") ?? [];

    /// <summary>Whether a thread is in this process's namespace. A thread that waits in a call cannot change it meanwhile.</summary>
    /// <returns>None; EACCES and the like where the thread may not be looked into; ENOENT where it is gone.</returns>
    public static Errno IsOurs(int tid, out bool isOurs)
    {
        byte* path = stackalloc byte[MaximumLength];
        byte* target = stackalloc byte[MaximumLength];
        Utf8.TryWrite(new Span<byte>(path, MaximumLength), CultureInfo.InvariantCulture, $"/proc/{tid}/ns/net\0", out _);
        nint length = (nint)(long)LibC.readlink(path, target, MaximumLength);
        isOurs = length > 0 && new ReadOnlySpan<byte>(target, (int)length).SequenceEqual(Ours);
        return length > 0 ? Errno.None : Native.LastError;
    }

    private static byte[]? Find(string process)
    {
        byte* path = stackalloc byte[MaximumLength];
        byte* target = stackalloc byte[MaximumLength];
        Utf8.TryWrite(new Span<byte>(path, MaximumLength), CultureInfo.InvariantCulture, $"/proc/{process}/ns/net\0", out _);
        nint length = (nint)(long)LibC.readlink(path, target, MaximumLength);
        return length > 0 ? new ReadOnlySpan<byte>(target, (int)length).ToArray() : null;
    }
}
