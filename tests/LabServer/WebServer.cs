using System.Net.Sockets;
using System.Text;

namespace BindToInterface.LabServer;

/// <summary>What is my address: answers each request with the side's name and the client's address.</summary>
internal static class WebServer
{
    public static async Task Serve(Socket client, string side)
    {
        var request = new byte[16384];
        var length = 0;
        while (length < request.Length && !Ends(request.AsSpan(0, length)))
        {
            var read = await client.ReceiveAsync(request.AsMemory(length));
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        var body = $"{side} {Peer.Of(client).Address}\n";
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));

        // The client closes first, so that nothing of this connection is still under way when the program has ended.
        while (await client.ReceiveAsync(request.AsMemory()) > 0)
        {
        }
    }

    private static bool Ends(ReadOnlySpan<byte> request) => request.IndexOf("\r\n\r\n"u8) >= 0;
}
