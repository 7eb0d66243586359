using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BindToInterface.LabServer;

/// <summary>
/// Answers with the side's name, the address and port that it saw, and what was sent:
/// "ovpn 10.8.0.2 40123 hello". Over TCP the first three are a line of their own, sent unasked.
/// </summary>
internal static class EchoServer
{
    public static byte[] Answer(string side, IPEndPoint from, ReadOnlyMemory<byte> packet) =>
        [.. Encoding.ASCII.GetBytes($"{side} {Peer.Plain(from).Address} {from.Port} "), .. packet.Span];

    public static async Task Serve(Socket client, string side)
    {
        var peer = Peer.Of(client);
        await client.SendAsync(Encoding.ASCII.GetBytes($"{side} {peer.Address} {peer.Port}\n"));

        var buffer = new byte[65536];
        int read;
        while ((read = await client.ReceiveAsync(buffer.AsMemory())) > 0)
        {
            await client.SendAsync(buffer.AsMemory(0, read));
        }
    }
}
