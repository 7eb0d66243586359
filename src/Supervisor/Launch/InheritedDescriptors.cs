using System.Buffers.Text;
using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The descriptors that the supervisor was started with, and that the program has by now. If the supervisor kept them, a
/// pipe would stay open that the program closes, and its reader would wait for the end. The supervisor's own
/// descriptors are told by their flag: they are closed on exec.
/// </summary>
internal static unsafe class InheritedDescriptors
{
    private const int StandardErrorDescriptor = 2;

    /// <summary>Closes them; standard input and output become /dev/null, standard error stays, for messages.</summary>
    public static void LetGo()
    {
        using var nothing = new DescriptorHandle(Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        using var list = new DescriptorHandle(Libc.open("/proc/self/fd", Libc.O_CLOEXEC, 0));
        if (nothing.IsInvalid || list.IsInvalid)
        {
            return;
        }

        // Not by System.IO.Directory, whose first use takes long.
        byte* buffer = stackalloc byte[4096];
        nint filled;
        while ((filled = Libc.getdents64(list.Descriptor, buffer, 4096)) > 0)
        {
            for (byte* entry = buffer; entry < buffer + filled; entry += *(ushort*)(entry + Libc.DirentLengthOffset))
            {
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + Libc.DirentNameOffset);
                if (Utf8Parser.TryParse(name, out int descriptor, out int length) && length == name.Length && IsInherited(descriptor))
                {
                    LetGo(descriptor, nothing);
                }
            }
        }
    }

    private static bool IsInherited(int descriptor) =>
        Libc.fcntl(descriptor, Libc.F_GETFD, 0) is int flags and >= 0 && (flags & Libc.FD_CLOEXEC) == 0;

    private static void LetGo(int descriptor, DescriptorHandle nothing)
    {
        if (descriptor > StandardErrorDescriptor)
        {
            _ = Libc.close(descriptor);
        }
        else if (descriptor < StandardErrorDescriptor)
        {
            _ = Libc.dup3(nothing.Descriptor, descriptor, Libc.O_CLOEXEC);
        }
    }
}
