using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>A datagram as the program passed it, copied out of its memory.</summary>
internal unsafe ref struct OutgoingDatagram
{
    /// <summary>The sockaddr; empty for a send on a connected socket.</summary>
    public Span<byte> Address;

    /// <summary>Where the sockaddr is in the program's memory.</summary>
    public ulong AddressInTarget;

    /// <summary>
    /// The payload. Where the program's cannot be read it points nowhere, so that the kernel finds the
    /// errors of the call in its own order.
    /// </summary>
    public Iovec Payload;

    /// <summary>The control buffer, in <see cref="Layout"/>.</summary>
    public Span<byte> Control;

    public AbiLayout Layout;

    /// <summary>The MSG_ flags of the call.</summary>
    public int Flags;
}
