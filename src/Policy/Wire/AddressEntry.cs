using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>An address of an interface, as the kernel lists it.</summary>
/// <param name="InterfaceIndex">The ifindex of the interface.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">How many bits of it are its network's.</param>
public sealed record AddressEntry(uint InterfaceIndex, IpAddress Address, byte PrefixLength)
{
    private const uint IFA_F_TEMPORARY = 1;
    private const uint IFA_F_DADFAILED = 8;
    private const uint IFA_F_TENTATIVE = 0x40;

    /// <summary>The address at the other end of the link, where one is set.</summary>
    public IpAddress? Peer { get; init; }

    /// <summary>IFA_F_ flags (linux/if_addr.h).</summary>
    public uint Flags { get; init; }

    /// <summary>
    /// Whether packets to the internet can carry it: it means something beyond its link, and no duplicate of it is looked for
    /// or was found.
    /// </summary>
    public bool IsUsable => !Address.NeedsScopeId && (Flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;

    /// <summary>One that changes from time to time (RFC 8981). IPv4 has none: the flag means a secondary address there.</summary>
    public bool IsTemporary => Address.Family == IpFamily.IPv6 && (Flags & IFA_F_TEMPORARY) != 0;

    /// <summary>The network that is on the link.</summary>
    public Network Network => Network.TryMake(Peer ?? Address, PrefixLength, out Network network) ? network : default;
}
