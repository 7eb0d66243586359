using System.Buffers.Binary;
using System.Text;

namespace BindToInterface.LabServer;

/// <summary>A DNS query of one question, and the answers to it.</summary>
internal sealed record DnsMessage(ushort Id, ushort Flags, string Name, ushort Type, byte[] Question)
{
    public const ushort A = 1;
    public const ushort Txt = 16;
    public const ushort Aaaa = 28;

    private const int HeaderLength = 12;
    private const ushort IsAnswer = 0x8400; // and authoritative
    private const ushort IsTruncated = 0x0200;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort NoSuchName = 3;

    public static DnsMessage? TryParse(ReadOnlySpan<byte> query)
    {
        if (query.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1)
        {
            return null;
        }

        var name = new StringBuilder();
        var position = HeaderLength;
        while (position < query.Length && query[position] is > 0 and < 64)
        {
            var label = query[position];
            if (position + 1 + label > query.Length)
            {
                return null;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(query.Slice(position + 1, label)));
            position += 1 + label;
        }

        var end = position + 1 + 4;
        return end > query.Length || query[position] != 0
            ? null
            : new DnsMessage(
                BinaryPrimitives.ReadUInt16BigEndian(query),
                BinaryPrimitives.ReadUInt16BigEndian(query[2..]),
                name.ToString().ToLowerInvariant(),
                BinaryPrimitives.ReadUInt16BigEndian(query[(position + 1)..]),
                query[HeaderLength..end].ToArray());
    }

    public byte[] Answer(DnsAnswer answer)
    {
        var flags = IsAnswer | RecursionAvailable | (Flags & RecursionDesired)
            | (answer.Truncated ? IsTruncated : 0) | (answer.Exists ? 0 : NoSuchName);
        var message = new List<byte>();
        foreach (var word in (ReadOnlySpan<int>)[Id, flags, 1, answer.Records.Count, 0, 0])
        {
            AddWord(message, word);
        }

        message.AddRange(Question);
        foreach (var record in answer.Records)
        {
            AddWord(message, 0xC000 | HeaderLength); // the name: see the question
            AddWord(message, Type);
            AddWord(message, 1); // IN
            AddWord(message, 0);
            AddWord(message, 0); // seconds to live: no cache may answer in our place
            AddWord(message, record.Length);
            message.AddRange(record);
        }

        return [.. message];
    }

    private static void AddWord(List<byte> message, int word)
    {
        message.Add((byte)(word >> 8));
        message.Add((byte)word);
    }
}
