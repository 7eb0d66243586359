using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BindToInterface.LabServer;

/// <summary>A DNS server over UDP and TCP whose answers tell which server was asked, at which port, by which side.</summary>
internal static class DnsServer
{
    public static byte[]? Answer(string side, IPEndPoint server, string protocol, ReadOnlySpan<byte> query) =>
        DnsMessage.TryParse(query) is { } question ? question.Answer(Zone.Find(question, side, server, protocol)) : null;

    public static async Task Serve(Socket client, string side)
    {
        var server = Peer.Plain((IPEndPoint)client.LocalEndPoint!);
        while (await Read(client) is { } query)
        {
            if (Answer(side, server, "tcp", query) is not { } answer)
            {
                return;
            }

            var message = new byte[answer.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)answer.Length);
            answer.CopyTo(message, 2);
            await client.SendAsync(message);
        }
    }

    private static async Task<byte[]?> Read(Socket client)
    {
        var length = new byte[2];
        if (!await Fill(client, length))
        {
            return null;
        }

        var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return await Fill(client, query) ? query : null;
    }

    private static async Task<bool> Fill(Socket client, byte[] buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }
}
