using System.Net;
using System.Net.Sockets;

namespace BindToInterface.LabServer;

/// <summary>All that one side of a lab offers, and at which ports.</summary>
internal static class Services
{
    private const int Web = 80;
    private const int Echo = 7;
    private const int MultipathEcho = 77;
    private const int UdpLite = 136;
    private const int Multipath = 262;
    private static readonly int[] Dns = [53, 5353];

    public static void Start(string side, IReadOnlyList<IPAddress> addresses)
    {
        Stream(0, Web, client => WebServer.Serve(client, side));
        Stream(0, Echo, client => EchoServer.Serve(client, side));
        Optional(() => Stream(Multipath, MultipathEcho, client => EchoServer.Serve(client, side)));
        foreach (var port in Dns)
        {
            Stream(0, port, client => DnsServer.Serve(client, side));
        }

        foreach (var address in addresses)
        {
            Datagrams(0, address, Echo, (from, packet) => EchoServer.Answer(side, from, packet));
            Optional(() => Datagrams(UdpLite, address, Echo, (from, packet) => EchoServer.Answer(side, from, packet)));
            foreach (var port in Dns)
            {
                var server = new IPEndPoint(address, port);
                Datagrams(0, address, port, (_, packet) => DnsServer.Answer(side, server, "udp", packet.Span));
            }
        }
    }

    /// <summary>For protocols that a kernel may lack. Who needs one of them gets no answer.</summary>
    private static void Optional(Action start)
    {
        try
        {
            start();
        }
        catch (SocketException)
        {
        }
    }

    private static void Stream(int protocol, int port, Func<Socket, Task> serve)
    {
        var listener = Sockets.Create(AddressFamily.InterNetworkV6, SocketType.Stream, protocol);
        listener.DualMode = true;
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(512);
        _ = Accept(listener, serve);
    }

    private static async Task Accept(Socket listener, Func<Socket, Task> serve)
    {
        while (true)
        {
            _ = Converse(await listener.AcceptAsync(), serve);
        }
    }

    private static async Task Converse(Socket client, Func<Socket, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(client);
            }
            catch (SocketException)
            {
                // The client has gone: its right.
            }
        }
    }

    /// <summary>A socket per address, because the answer must come from the address that was asked.</summary>
    private static void Datagrams(int protocol, IPAddress address, int port, Func<IPEndPoint, ReadOnlyMemory<byte>, byte[]?> answer)
    {
        var socket = Sockets.Create(address.AddressFamily, SocketType.Dgram, protocol);
        socket.Bind(new IPEndPoint(address, port));
        _ = Reply(socket, answer);
    }

    private static async Task Reply(Socket socket, Func<IPEndPoint, ReadOnlyMemory<byte>, byte[]?> answer)
    {
        var buffer = new byte[65536];
        while (true)
        {
            try
            {
                var packet = await socket.ReceiveFromAsync(buffer, SocketFlags.None, socket.LocalEndPoint!);
                var reply = answer((IPEndPoint)packet.RemoteEndPoint, buffer.AsMemory(0, packet.ReceivedBytes));
                if (reply is not null)
                {
                    await socket.SendToAsync(reply, SocketFlags.None, packet.RemoteEndPoint);
                }
            }
            catch (SocketException)
            {
                // An ICMP error about an earlier answer, or a client that cannot be reached.
            }
        }
    }
}
