using System.Runtime.InteropServices;
using System.Buffers.Binary;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// The interface that packets of a datagram or raw socket leave by while the socket is bound to no device: IP_UNICAST_IF and
/// IP_MULTICAST_IF, for both families where it has both. They have to be set before the device is: on a socket that is bound to it
/// the kernel takes IP_UNICAST_IF for no interface but that of a VRF.
/// </summary>
internal static unsafe class DatagramWay
{
    /// <summary>Sets it, or takes it away.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="family">Its family.</param>
    /// <param name="type">SO_TYPE.</param>
    /// <param name="index">The ifindex; 0 leaves it to the routes.</param>
    public static Errno Set(in DuplicatedSocket socket, IpFamily family, int type, uint index)
    {
        if (!SocketTypes.SendsDatagrams(type))
        {
            return Errno.None;
        }

        Errno error = Errno.None;
        uint inNetworkOrder = BinaryPrimitives.ReverseEndianness(index);
        if (SendsIPv4(family, type))
        {
            error = Set(socket, Linux.SOL_IP, Linux.IP_UNICAST_IF, [inNetworkOrder]);
        }

        if (error == Errno.None && family == IpFamily.IPv6)
        {
            error = Set(socket, Linux.SOL_IPV6, Linux.IPV6_UNICAST_IF, [inNetworkOrder]);
        }

        return error == Errno.None ? SetMany(socket, family, type, index) : error;
    }

    /// <summary>The same for multicast alone.</summary>
    public static Errno SetMany(in DuplicatedSocket socket, IpFamily family, int type, uint index)
    {
        // struct ip_mreqn: group, address, ifindex.
        Errno error = SendsIPv4(family, type) ? Set(socket, Linux.SOL_IP, Linux.IP_MULTICAST_IF, [0, 0, index]) : Errno.None;
        return error == Errno.None && family == IpFamily.IPv6 ? Set(socket, Linux.SOL_IPV6, Linux.IPV6_MULTICAST_IF, [index]) : error;
    }

    /// <summary>A raw IPv6 socket sends no IPv4.</summary>
    private static bool SendsIPv4(IpFamily family, int type) => family == IpFamily.IPv4 || type != Linux.SOCK_RAW;

    private static Errno Set(in DuplicatedSocket socket, int level, int option, ReadOnlySpan<uint> value) =>
        socket.SetOption(level, option, MemoryMarshal.AsBytes(value));
}
