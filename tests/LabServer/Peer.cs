using System.Net;
using System.Net.Sockets;

namespace BindToInterface.LabServer;

/// <summary>Who is at the other end, an IPv4 address as such also where the socket is an IPv6 one.</summary>
internal static class Peer
{
    public static IPEndPoint Of(Socket socket) => Plain((IPEndPoint)socket.RemoteEndPoint!);

    public static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
