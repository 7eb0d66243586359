using System.Buffers.Binary;
using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// Reads and rewrites the bytes of a struct sockaddr (ip(7), ipv6(7), linux/in.h, linux/in6.h):
/// family in host byte order, port and address in network byte order.
/// </summary>
public readonly record struct Sockaddr(SockaddrKind Kind, Endpoint Endpoint)
{
    /// <summary>sizeof(struct sockaddr_storage): the kernel refuses longer addresses (EINVAL).</summary>
    public const int MaximumLength = 128;

    /// <summary>sizeof(struct sockaddr_in).</summary>
    public const int InLength = 16;

    /// <summary>sizeof(struct sockaddr_in6).</summary>
    public const int In6Length = 28;

    /// <summary>The least that the kernel takes as a sockaddr_in6 (SIN6_LEN_RFC2133): without the scope id.</summary>
    public const int In6MinimumLength = 24;

    private const int PortOffset = 2;
    private const int InAddressOffset = 4;
    private const int In6AddressOffset = 8;
    private const int In6ScopeOffset = 24;

    /// <summary>An IPv4, IPv6 or IPv4-mapped address.</summary>
    public bool IsIp => Kind is SockaddrKind.IPv4 or SockaddrKind.IPv6 or SockaddrKind.Mapped;

    /// <summary>
    /// Whether an address can be for a socket that sends IP packets: those of the other families that a
    /// program may have (<see cref="AddressFamilies.Allowed"/>) cannot.
    /// </summary>
    public static bool MayLeadOut(ReadOnlySpan<byte> bytes) => Parse(bytes).Kind switch
    {
        SockaddrKind.Unix => false,
        SockaddrKind.Other => !AddressFamilies.Allowed.Contains(BitConverter.ToUInt16(bytes)),
        _ => true,
    };

    /// <summary>Reads an address as the kernel does for its length.</summary>
    /// <param name="bytes">The bytes that the program passed, of the length that it passed.</param>
    /// <param name="unspecified">
    /// What AF_UNSPEC counts as: in a send on an IPv4 socket the kernel takes it as AF_INET (udp_sendmsg,
    /// raw_sendmsg), on a raw IPv6 socket as AF_INET6 (rawv6_sendmsg).
    /// </param>
    public static Sockaddr Parse(ReadOnlySpan<byte> bytes, IpFamily? unspecified = null)
    {
        if (bytes.Length < sizeof(ushort))
        {
            return new(SockaddrKind.TooShort, default);
        }

        ushort family = BitConverter.ToUInt16(bytes);
        switch (family == 0 && unspecified is IpFamily meant ? (ushort)meant : family)
        {
            case 0:
                return new(SockaddrKind.Unspecified, default);
            case (ushort)IpFamily.IPv4:
                return bytes.Length < InLength
                    ? new(SockaddrKind.TooShort, default)
                    : new(SockaddrKind.IPv4, new(IpAddress.FromInAddr(bytes[InAddressOffset..]), ReadPort(bytes)));
            case (ushort)IpFamily.IPv6:
                if (bytes.Length < In6MinimumLength)
                {
                    return new(SockaddrKind.TooShort, default);
                }

                IpAddress address = IpAddress.FromIn6Addr(bytes[In6AddressOffset..]);
                uint scope = bytes.Length >= In6Length ? BitConverter.ToUInt32(bytes[In6ScopeOffset..]) : 0;
                return new(
                    address.Family == IpFamily.IPv4 ? SockaddrKind.Mapped : SockaddrKind.IPv6,
                    new(address, ReadPort(bytes), scope));
            case 1:
                return new(SockaddrKind.Unix, default);
            default:
                return new(SockaddrKind.Other, default);
        }
    }

    /// <summary>
    /// Replaces address and port in place and keeps family, length and flow label. A sockaddr_in takes only
    /// an IPv4 address; a sockaddr_in6 takes both, IPv4 in its mapped form.
    /// </summary>
    /// <returns>false where the form of the address cannot express the new one; nothing is written then.</returns>
    public bool TryRewrite(Span<byte> bytes, in Endpoint endpoint)
    {
        if (Kind == SockaddrKind.IPv4)
        {
            if (endpoint.Address.Family != IpFamily.IPv4)
            {
                return false;
            }

            endpoint.Address.WriteInAddr(bytes[InAddressOffset..]);
        }
        else if (IsIp)
        {
            endpoint.Address.WriteIn6Addr(bytes[In6AddressOffset..]);
            if (bytes.Length >= In6Length)
            {
                BitConverter.TryWriteBytes(bytes[In6ScopeOffset..], endpoint.ScopeId);
            }
        }
        else
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], endpoint.Port);
        return true;
    }

    /// <summary>Writes a whole sockaddr of a socket's family, and returns its length.</summary>
    /// <param name="destination">At least <see cref="In6Length"/> bytes.</param>
    /// <param name="socketFamily">The family of the socket that it is for.</param>
    /// <param name="endpoint">The address; an IPv4 one is mapped for an IPv6 socket.</param>
    public static int Write(Span<byte> destination, IpFamily socketFamily, in Endpoint endpoint)
    {
        int length = socketFamily == IpFamily.IPv4 ? InLength : In6Length;
        destination[..length].Clear();
        BitConverter.TryWriteBytes(destination, (ushort)socketFamily);
        SockaddrKind kind = socketFamily == IpFamily.IPv4 ? SockaddrKind.IPv4 : SockaddrKind.IPv6;
        new Sockaddr(kind, default).TryRewrite(destination[..length], endpoint);
        return length;
    }

    private static ushort ReadPort(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]);
}
