using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BindToInterface.Policy.Wire;

/// <summary>A name in a DNS message (RFC 1035, 3.1 and 4.1.4).</summary>
public static class DnsName
{
    /// <summary>The longest name, in bytes of the message.</summary>
    public const int MaximumLength = 255;

    /// <summary>
    /// Reads a name as text in small letters, without a dot at its end. It comes from the network: what is not a letter, a digit, a
    /// hyphen, an underscore or a star is escaped as master files do it (RFC 1035, 5.1; RFC 4343, 2.1).
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="at">Where the name begins; behind it afterwards. It may go on elsewhere in the message, but only before where it is.</param>
    /// <param name="name">The name; empty for the root.</param>
    /// <returns>false where it is cut off, too long, or no name.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        const int Pointer = 0xc0, MaximumLabel = 63;
        var text = new StringBuilder();
        int position = at, limit = at, length = 0;
        bool hasJumped = false;
        name = "";
        while (position < message.Length)
        {
            int label = message[position];
            if (label == 0)
            {
                at = hasJumped ? at : position + 1;
                name = text.ToString();
                return true;
            }

            if (label >= Pointer)
            {
                if (position + 2 > message.Length)
                {
                    return false;
                }

                int target = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3fff;
                at = hasJumped ? at : position + 2;
                hasJumped = true;
                if (target >= limit)
                {
                    return false;
                }

                position = limit = target;
                continue;
            }

            length += label + 1;
            position++;
            if (label > MaximumLabel || length >= MaximumLength || position + label > message.Length)
            {
                return false;
            }

            text.Append(text.Length > 0 ? "." : "");
            foreach (byte unit in message.Slice(position, label))
            {
                AppendEscaped(text, unit);
            }

            position += label;
        }

        return false;
    }

    private static void AppendEscaped(StringBuilder text, byte unit)
    {
        char c = (char)unit;
        if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*')
        {
            text.Append(char.ToLowerInvariant(c));
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\{unit:d3}");
        }
    }
}
