using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>The result of getsockname.</summary>
/// <param name="Family">The IP family of the socket; null for a socket that is not an IP one.</param>
/// <param name="Local">Its local address and port, unspecified and 0 where it has none.</param>
/// <param name="IsRefused">Whether it is of a family that a program may not open. It was inherited, or received from another process.</param>
internal readonly record struct SocketName(IpFamily? Family, Endpoint Local, bool IsRefused = false)
{
    public static SocketName Read(ReadOnlySpan<byte> sockaddr)
    {
        Sockaddr name = Sockaddr.Parse(sockaddr);
        return name.Kind switch
        {
            SockaddrKind.IPv4 => new(IpFamily.IPv4, name.Endpoint),
            SockaddrKind.IPv6 or SockaddrKind.Mapped => new(IpFamily.IPv6, name.Endpoint),
            SockaddrKind.Other => new(null, default, Sockaddr.MayLeadOut(sockaddr)),
            _ => default,
        };
    }

    /// <summary>
    /// Whether packets carry an address that was chosen for them: the program's bind, or an earlier connect.
    /// A socket bound to a multicast or broadcast address sends from the interface's own (inet_bind).
    /// </summary>
    public bool HasSource => Family is not null && !Local.Address.IsUnspecified && !Local.Address.IsMulticast && !Local.Address.IsBroadcast;
}
