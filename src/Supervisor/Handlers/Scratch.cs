using System.Runtime.InteropServices;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// Native memory that a thread's handlers reuse, so that judging a datagram allocates nothing. Pages that
/// are never used are never there.
/// </summary>
internal sealed unsafe class Scratch : IDisposable
{
    /// <summary>The longest payload of a datagram (the length field of IPv4 and UDP).</summary>
    public const int PayloadLength = 0xffff;

    /// <summary>The longest control buffer: the kernel's default limit (net.core.optmem_max) since Linux 6.7.</summary>
    public const int ControlLength = 0x2_0000;

    /// <summary>An address that the kernel cannot read from.</summary>
    public static void* Nowhere => (void*)1;

    private const int VectorLength = Native.UIO_MAXIOV * 64;
    private const int SteeredLength = 2 * ControlLength;

    private readonly byte* memory = (byte*)NativeMemory.AllocZeroed(
        Sockaddr.MaximumLength + PayloadLength + 1 + ControlLength + SteeredLength + VectorLength + VectorLength);

    /// <summary>A sockaddr.</summary>
    public byte* Address => memory;

    public byte* Payload => memory + Sockaddr.MaximumLength;

    /// <summary>The program's control buffer.</summary>
    public byte* Control => Payload + PayloadLength + 1;

    /// <summary>The control buffer that is sent; headers grow when a 32-bit one becomes a 64-bit one.</summary>
    public Span<byte> Steered => new(Control + ControlLength, SteeredLength);

    /// <summary>The program's mmsghdr array.</summary>
    public byte* Messages => Control + ControlLength + SteeredLength;

    /// <summary>An iovec array in the program's layout, then in the supervisor's.</summary>
    public iovec* Iov => (iovec*)(Messages + VectorLength);

    /// <summary>The payload that was read, or one that points nowhere where the program's could not be.</summary>
    public iovec PayloadOf(int length, bool wasRead) =>
        new() { iov_base = wasRead ? Payload : Nowhere, iov_len = (size_t)length };

    public void Dispose() => NativeMemory.Free(memory);
}
