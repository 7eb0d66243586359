using System.Buffers.Binary;
using System.Text;
using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The bytes of a DNS question for addresses and of its answer (RFC 1035, 4; EDNS: RFC 6891). Numbers are in network byte order.
/// Names here are in small letters, without a dot at the end.
/// </summary>
public static class DnsMessage
{
    /// <summary>The longest question: header, name, type and class, and the OPT record.</summary>
    public const int MaximumQuestion = HeaderLength + DnsName.MaximumLength + 4 + OptLength;

    /// <summary>The longest answer that is asked for over UDP: one that no network cuts in pieces (RFC 6891, 6.2.5; DNS flag day 2020).</summary>
    public const int MaximumAnswer = 1232;

    private const int HeaderLength = 12;
    private const int OptLength = 11;

    /// <summary>How many aliases are followed within an answer.</summary>
    private const int MaximumAliases = 16;

    private const ushort A = 1;
    private const ushort CNAME = 5;
    private const ushort AAAA = 28;
    private const ushort OPT = 41;
    private const ushort IN = 1;
    private const ushort IsAnswer = 0x8000;
    private const ushort IsTruncated = 0x0200;
    private const ushort WantsRecursion = 0x0100;
    private const int CodeMask = 0xf;

    /// <summary>Writes a question.</summary>
    /// <param name="buffer">At least <see cref="MaximumQuestion"/> bytes.</param>
    /// <param name="id">The number that the answer will carry.</param>
    /// <param name="name">The name, one that <see cref="HostName.IsValid"/> accepts.</param>
    /// <param name="family">Which addresses are asked for: A or AAAA.</param>
    /// <returns>The length of the question.</returns>
    public static int WriteQuestion(Span<byte> buffer, ushort id, string name, IpFamily family)
    {
        buffer[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], WantsRecursion);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[10..], 1);
        int at = HeaderLength;
        foreach (string label in name.Split('.'))
        {
            buffer[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, buffer[at..]);
        }

        buffer[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], TypeOf(family));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], IN);
        at += 4;
        // The OPT record: the root, its type, the longest answer, and nothing else.
        buffer.Slice(at, OptLength).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 1)..], OPT);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 3)..], MaximumAnswer);
        return at + OptLength;
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="message">What was received.</param>
    /// <param name="id">The number of the question.</param>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="family">Which addresses were asked for.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>false where it is no answer to that question, or makes no sense.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> message, ushort id, string name, IpFamily family, out DnsMessageAnswer answer)
    {
        answer = default;
        int at = HeaderLength;
        if (!TryReadHeader(message, ref at, out string asked, out ushort flags) || BinaryPrimitives.ReadUInt16BigEndian(message) != id || asked != name
            || BinaryPrimitives.ReadUInt16BigEndian(message[(at - 4)..]) != TypeOf(family) || BinaryPrimitives.ReadUInt16BigEndian(message[(at - 2)..]) != IN)
        {
            return false;
        }

        answer = new(flags & CodeMask, (flags & IsTruncated) != 0);
        // What was cut is asked for again.
        return answer.IsTruncated || TryReadRecords(message, at, name, family, ref answer);
    }

    /// <summary>Reads an answer to another's question.</summary>
    /// <param name="message">What was received; it may be cut off.</param>
    /// <param name="name">The name that was asked for; empty for the root.</param>
    /// <param name="addresses">Its addresses of both families, also where they were told as those of its alias.</param>
    /// <returns>false where it is no answer to one question.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> message, out string name, out IReadOnlyList<IpAddress> addresses)
    {
        int at = HeaderLength;
        DnsMessageAnswer answer = new(0, false);
        bool isAnswer = TryReadHeader(message, ref at, out name, out _);
        if (isAnswer)
        {
            _ = TryReadRecords(message, at, name, null, ref answer);
        }

        addresses = answer.Addresses;
        return isAnswer;
    }

    /// <summary>Reads the header of an answer to one question, and moves on behind the question.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> message, ref int at, out string asked, out ushort flags)
    {
        (asked, flags) = ("", 0);
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool isAnswer = (flags & IsAnswer) != 0 && DnsName.TryRead(message, ref at, out asked) && message.Length >= at + 4;
        at += 4;
        return isAnswer;
    }

    /// <summary>Reads the records; false where there are fewer than the header says, and the answer has those that are there.</summary>
    private static bool TryReadRecords(ReadOnlySpan<byte> message, int at, string name, IpFamily? wanted, ref DnsMessageAnswer answer)
    {
        var aliases = new Dictionary<string, (string Target, uint Seconds)>();
        var addresses = new List<(string Owner, IpAddress Address, uint Seconds)>();
        int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        for (; count > 0; count--)
        {
            if (!DnsName.TryRead(message, ref at, out string owner) || message.Length < at + 10)
            {
                break;
            }

            ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            bool isInternet = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == IN;
            uint seconds = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            // One with the highest bit set counts as 0 (RFC 2181, 8).
            seconds = seconds > int.MaxValue ? 0 : seconds;
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]), data = at + 10;
            at = data + length;
            if (at > message.Length)
            {
                break;
            }

            if (isInternet && type == CNAME && DnsName.TryRead(message, ref data, out string target))
            {
                aliases.TryAdd(owner, (target, seconds));
            }
            else if (isInternet && type == A && length == 4 && wanted != IpFamily.IPv6)
            {
                addresses.Add((owner, IpAddress.FromInAddr(message[data..at]), seconds));
            }
            else if (isInternet && type == AAAA && length == 16 && wanted != IpFamily.IPv4)
            {
                addresses.Add((owner, IpAddress.FromIn6Addr(message[data..at]), seconds));
            }
        }

        answer = Follow(name, aliases, addresses, answer);
        return count == 0;
    }

    private static DnsMessageAnswer Follow(
        string name, Dictionary<string, (string Target, uint Seconds)> aliases, List<(string Owner, IpAddress Address, uint Seconds)> addresses, in DnsMessageAnswer answer)
    {
        string owner = name;
        uint seconds = uint.MaxValue;
        for (int i = 0; i < MaximumAliases && aliases.TryGetValue(owner, out (string Target, uint Seconds) alias); i++)
        {
            (owner, seconds) = (alias.Target, Math.Min(seconds, alias.Seconds));
        }

        (string, IpAddress Address, uint Seconds)[] own = [.. addresses.Where(each => each.Owner == owner)];
        return answer with
        {
            Addresses = [.. own.Select(each => each.Address).Distinct()],
            TimeToLive = own.Select(each => each.Seconds).Append(seconds).Min(),
            Alias = own.Length == 0 && owner != name ? owner : null,
        };
    }

    private static ushort TypeOf(IpFamily family) => family == IpFamily.IPv4 ? A : AAAA;
}
