using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Plans;

/// <summary>What a program asks of socket(2).</summary>
/// <param name="Domain">The address family, AF_….</param>
/// <param name="TypeAndFlags">The type, SOCK_…, with SOCK_CLOEXEC and SOCK_NONBLOCK.</param>
/// <param name="Protocol">The protocol, IPPROTO_…; 0 for the type's own.</param>
public readonly record struct SocketRequest(int Domain, int TypeAndFlags, int Protocol)
{
    /// <summary>The type alone.</summary>
    public int Type => TypeAndFlags & AddressFamilies.SockTypeMask;

    /// <summary>Whether the descriptor is closed by exec. That belongs to the number, and not to the socket.</summary>
    public bool IsCloseOnExec => (TypeAndFlags & Linux.SOCK_CLOEXEC) != 0;

    /// <summary>Whether calls on it return at once. That belongs to the socket.</summary>
    public bool IsNonBlocking => (TypeAndFlags & Linux.SOCK_NONBLOCK) != 0;

    /// <summary>Whether it would send IP packets.</summary>
    public bool IsIp => Domain is Linux.AF_INET or Linux.AF_INET6;

    /// <summary>Whether it is a socket of multipath TCP, which opens connections from other addresses.</summary>
    public bool IsMultipath => IsIp && Type == Linux.SOCK_STREAM && Protocol == Linux.IPPROTO_MPTCP;
}
