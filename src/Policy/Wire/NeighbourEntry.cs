using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>A host on a link whose link-layer address is known, or was asked for.</summary>
/// <param name="InterfaceIndex">The ifindex of the link.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">NUD_ flags (linux/neighbour.h).</param>
/// <param name="Flags">NTF_ flags.</param>
public sealed record NeighbourEntry(uint InterfaceIndex, IpAddress Address, ushort State, byte Flags)
{
    // NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE, NUD_PERMANENT: it has answered, or is set by hand.
    private const ushort Known = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
    private const byte NTF_ROUTER = 0x80;

    /// <summary>Whether its link-layer address is known.</summary>
    public bool IsKnown => (State & Known) != 0;

    /// <summary>Whether it has said that it is a router (IPv6).</summary>
    public bool IsRouter => (Flags & NTF_ROUTER) != 0;
}
