using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

/// <summary>A file descriptor that lives longer than one call, closed when it is disposed of.</summary>
internal sealed unsafe class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Opens a file; invalid where that fails, with the error in <see cref="Native.LastError"/>.</summary>
    public static DescriptorHandle Open(string path, int flags, ushort mode = 0)
    {
        int longest = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> name = longest <= 512 ? stackalloc byte[512] : new byte[longest];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        fixed (byte* start = name)
        {
            return new DescriptorHandle(LibC.open(start, flags, mode));
        }
    }

    /// <summary>The number, for the calls of the hot path; the owner keeps the handle alive around them.</summary>
    public int Descriptor => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
