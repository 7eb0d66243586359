using Microsoft.Win32.SafeHandles;

namespace BindToInterface.Supervisor.Interop;

/// <summary>A file descriptor that lives longer than one call, closed when it is disposed of.</summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The number, for the calls of the hot path; the owner keeps the handle alive around them.</summary>
    public int Descriptor => (int)handle;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
