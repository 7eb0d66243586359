using System.Globalization;

namespace BindToInterface.Policy.Addresses;

/// <summary>A network: the addresses of one family that share the leading bits of <paramref name="Prefix"/>.</summary>
/// <param name="Family">The family.</param>
/// <param name="Prefix">The network address, host byte order, host bits zero.</param>
/// <param name="Mask">The mask as a number, host byte order.</param>
public readonly record struct Network(IpFamily Family, UInt128 Prefix, UInt128 Mask)
{
    /// <summary>What <see cref="TryParse"/> accepts, for messages.</summary>
    public const string Accepted =
        "accepted are addresses (192.0.2.1, 2001:db8::1), networks (192.0.2.0/24, 2001:db8::/32), leading octets (192.168, 192.168.) and the word loopback";

    /// <summary>0.0.0.0/0.</summary>
    public static readonly Network All4 = new(IpFamily.IPv4, UInt128.Zero, UInt128.Zero);

    /// <summary>::/0.</summary>
    public static readonly Network All6 = new(IpFamily.IPv6, UInt128.Zero, UInt128.Zero);

    /// <summary>127.0.0.0/8.</summary>
    public static readonly Network Loopback4 = new(IpFamily.IPv4, 0x7f00_0000, 0xff00_0000);

    /// <summary>::1.</summary>
    public static readonly Network Loopback6 = new(IpFamily.IPv6, UInt128.One, UInt128.MaxValue);

    private const int MappedPrefixLength = 96;

    /// <summary>How many leading bits its addresses share.</summary>
    public int PrefixLength => (int)UInt128.PopCount(Mask);

    /// <summary>Its lowest address.</summary>
    public IpAddress Address => IpAddress.FromBits(Family, Prefix);

    /// <summary>As a user writes it: a single address without its length.</summary>
    public string ShortText => PrefixLength == Width(Family) ? Address.ToString() : ToString();

    /// <summary>The network of one address.</summary>
    public static Network Of(IpAddress address) => new(address.Family, address.Bits, Width(address.Family) == 32 ? uint.MaxValue : UInt128.MaxValue);

    /// <summary>Whether the address lies in this network.</summary>
    public bool Contains(in IpAddress address) => address.Family == Family && (address.Bits & Mask) == Prefix;

    /// <summary>Whether all of another network lies in this one.</summary>
    public bool Contains(in Network other) => other.Family == Family && other.PrefixLength >= PrefixLength && (other.Prefix & Mask) == Prefix;

    /// <summary>The two networks of half its size that it is made of; null for a single address.</summary>
    public (Network Low, Network High)? Halves
    {
        get
        {
            if (PrefixLength == Width(Family))
            {
                return null;
            }

            UInt128 bit = UInt128.One << (Width(Family) - PrefixLength - 1);
            return (this with { Mask = Mask | bit }, this with { Prefix = Prefix | bit, Mask = Mask | bit });
        }
    }

    /// <summary>
    /// Reads an address, a CIDR network, or one to three leading octets with or without a trailing dot
    /// (<c>192.168.</c> is 192.168.0.0/16). Bits beyond the prefix length are ignored, as in ip-route(8).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Network network)
    {
        network = default;
        int slash = text.IndexOf('/');
        if (slash >= 0)
        {
            return IpAddress.TryParse(text[..slash], out IpAddress address)
                && int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && TryMake(address, WrittenMapped(text[..slash], address) ? length - MappedPrefixLength : length, out network);
        }

        if (IpAddress.TryParse(text, out IpAddress single))
        {
            return TryMake(single, Width(single.Family), out network);
        }

        ReadOnlySpan<char> leading = text.EndsWith('.') ? text[..^1] : text;
        return IpAddress.TryParseOctets(leading, out uint value, out int octets) && octets < 4
            && TryMake(IpAddress.FromIPv4(value), 8 * octets, out network);
    }

    /// <summary>The network of an address.</summary>
    /// <param name="address">An address of it.</param>
    /// <param name="length">How many leading bits its addresses share.</param>
    /// <param name="network">The network.</param>
    /// <returns>false where the family's addresses have fewer bits.</returns>
    public static bool TryMake(in IpAddress address, int length, out Network network)
    {
        int width = Width(address.Family);
        if (length < 0 || length > width)
        {
            network = default;
            return false;
        }

        UInt128 all = width == 32 ? uint.MaxValue : UInt128.MaxValue;
        // A shift by the full width is a shift by zero in C#.
        UInt128 mask = length == 0 ? UInt128.Zero : all << (width - length) & all;
        network = new(address.Family, address.Bits & mask, mask);
        return true;
    }

    /// <summary><c>192.0.2.0/24</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{IpAddress.FromBits(Family, Prefix)}/{PrefixLength}");

    private static bool WrittenMapped(ReadOnlySpan<char> text, in IpAddress address) =>
        address.Family == IpFamily.IPv4 && text.Contains(':');

    private static int Width(IpFamily family) => family == IpFamily.IPv4 ? 32 : 128;
}
