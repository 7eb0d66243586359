using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>The result of getsockname.</summary>
/// <param name="Family">The IP family of the socket; null for a socket that is not an IP one.</param>
/// <param name="Endpoint">Its local address and port, unspecified and 0 where it has none.</param>
/// <param name="IsRefused">Whether it is of a family that a program may not open. It was inherited, or received from another process.</param>
internal readonly record struct LocalAddress(IpFamily? Family, Endpoint Endpoint, bool IsRefused = false)
{
    public static LocalAddress Read(ReadOnlySpan<byte> sockaddr)
    {
        Sockaddr local = Sockaddr.Parse(sockaddr);
        return local.Kind switch
        {
            SockaddrKind.IPv4 => new(IpFamily.IPv4, local.Endpoint),
            SockaddrKind.IPv6 or SockaddrKind.Mapped => new(IpFamily.IPv6, local.Endpoint),
            SockaddrKind.Other => new(null, default, Sockaddr.MayLeadOut(sockaddr)),
            _ => default,
        };
    }

    /// <summary>
    /// Whether packets carry an address that was chosen for them: the program's bind, or an earlier connect.
    /// A socket bound to a multicast or broadcast address sends from the interface's own (inet_bind).
    /// </summary>
    public bool HasSource => Family is not null && !Endpoint.Address.IsUnspecified && !Endpoint.Address.IsMulticast && !Endpoint.Address.IsBroadcast;
}
