using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>The policy's decision on one setsockopt call.</summary>
public readonly record struct SocketOptionVerdict(SocketOptionAction Action)
{
    /// <summary>The error where it is refused.</summary>
    public Errno Error { get; init; } = Errno.EPERM;

    /// <summary>The interface that is named (<see cref="SocketOptionAction.CheckDevice"/>).</summary>
    public string Device { get; init; } = "";

    /// <summary>
    /// The interface of the policy that is meant: to bind to, to have the address, or to join the group on; null where it may be
    /// any of them.
    /// </summary>
    public string? Interface { get; init; }

    /// <summary>Whether the address may also be one of an interface that <c>--exclude lan</c> means.</summary>
    public bool MayBeLan { get; init; }

    /// <summary>The local address that must be the interface's (<see cref="SocketOptionAction.CheckAddress"/>).</summary>
    public IpAddress Address { get; init; }

    /// <summary>The group to join or leave (<see cref="SocketOptionAction.Membership"/>).</summary>
    public IpAddress Group { get; init; }

    /// <summary>The option that does it and names an ifindex: one of the MCAST_ ones of <see cref="SocketOption"/>.</summary>
    public int GroupOption { get; init; }

    /// <summary>The sender that is meant, for the options that name one.</summary>
    public IpAddress? GroupSource { get; init; }

    /// <summary>The ifindex of <see cref="Interface"/>, for what is done on it; set by <see cref="OptionPlan"/>.</summary>
    public uint Index { get; init; }
}
