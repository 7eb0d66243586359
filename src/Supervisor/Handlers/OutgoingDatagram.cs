using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>A datagram as the program passed it: what says where it goes, copied out of its memory, and where its payload is.</summary>
internal unsafe ref struct OutgoingDatagram
{
    /// <summary>The sockaddr; empty for a send on a connected socket.</summary>
    public Span<byte> Address;

    /// <summary>Where the sockaddr is in the program's memory.</summary>
    public ulong AddressInTarget;

    /// <summary>The control buffer, in <see cref="Layout"/>.</summary>
    public Span<byte> Control;

    public AbiLayout Layout;

    /// <summary>What it says of its way.</summary>
    public readonly MessageNames Names => new(Address, Control, Layout);

    /// <summary>The MSG_ flags of the call.</summary>
    public int Flags;

    /// <summary>sendto: where the payload is in the program's memory, and how long.</summary>
    public ulong Buffer, BufferLength;

    /// <summary>sendmsg: its header, which names the pieces of the payload; null for sendto.</summary>
    public Msghdr? Message;

    /// <summary>
    /// The payload, once <see cref="PayloadReader"/> has read it. Where the program's cannot be read it points nowhere, so
    /// that the kernel finds the errors of the call in its own order.
    /// </summary>
    public iovec Payload;

    /// <summary>Whether <see cref="Payload"/> is there.</summary>
    public bool HasPayload;
}
