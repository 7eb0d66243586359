using System.Buffers.Text;
using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The descriptors that we were started with and the program has by now. Held on to, they would keep a pipe open
/// that the program closes, and its reader waiting for the end. What is ours alone is closed on exec.
/// </summary>
internal static unsafe class InheritedDescriptors
{
    private const int StandardErrorDescriptor = 2;

    /// <summary>Closes them; standard input and output become /dev/null, standard error stays, for our messages.</summary>
    public static void LetGo()
    {
        using var nothing = DescriptorHandle.Open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC);
        using var list = DescriptorHandle.Open("/proc/self/fd", LibC.O_CLOEXEC);
        if (nothing.IsInvalid || list.IsInvalid)
        {
            return;
        }

        // Not by Directory: its start-up would be half of the whole start's cost.
        byte* buffer = stackalloc byte[4096];
        nint filled;
        while ((filled = Native.getdents64(list.Descriptor, buffer, 4096)) > 0)
        {
            for (byte* entry = buffer; entry < buffer + filled; entry += *(ushort*)(entry + Native.DirentLengthOffset))
            {
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + Native.DirentNameOffset);
                if (Utf8Parser.TryParse(name, out int descriptor, out int length) && length == name.Length && IsInherited(descriptor))
                {
                    LetGo(descriptor, nothing);
                }
            }
        }
    }

    private static bool IsInherited(int descriptor) =>
        LibC.fcntl(descriptor, LibC.F_GETFD, 0) is int flags and >= 0 && (flags & LibC.FD_CLOEXEC) == 0;

    private static void LetGo(int descriptor, DescriptorHandle nothing)
    {
        if (descriptor > StandardErrorDescriptor)
        {
            _ = LibC.close(descriptor);
        }
        else if (descriptor < StandardErrorDescriptor)
        {
            _ = LibC.dup3(nothing.Descriptor, descriptor, LibC.O_CLOEXEC);
        }
    }
}
