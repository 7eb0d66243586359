using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>Reads a file of /proc before the program starts. System.IO.File would make that start some 0.2 ms later.</summary>
internal static unsafe class SmallFile
{
    /// <summary>What a file holds; null if it cannot be read.</summary>
    public static byte[]? Read(string path)
    {
        using var file = DescriptorHandle.Open(path, LibC.O_CLOEXEC);
        byte[] content = new byte[1024];
        int length = 0;
        while (!file.IsInvalid)
        {
            fixed (byte* start = content)
            {
                nint filled = (nint)(long)LibC.read(file.Descriptor, start + length, (size_t)(content.Length - length));
                if (filled <= 0)
                {
                    return filled == 0 ? content[..length] : Native.LastError == Errno.EINTR ? Read(path) : null;
                }

                length += (int)filled;
            }

            if (length == content.Length)
            {
                Array.Resize(ref content, 2 * length);
            }
        }

        return null;
    }
}
