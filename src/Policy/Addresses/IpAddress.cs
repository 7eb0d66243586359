using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BindToInterface.Policy.Addresses;

/// <summary>
/// An IPv4 or IPv6 address as a number in host byte order. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2)
/// is always held as the IPv4 address that it is, so that one rule judges both spellings.
/// </summary>
public readonly record struct IpAddress
{
    // Not a UInt128: it would have every structure with an address aligned to 16 bytes, and half as large again.
    private readonly ulong high, low;

    private IpAddress(IpFamily family, UInt128 bits)
    {
        Family = family;
        high = (ulong)(bits >> 64);
        low = (ulong)bits;
    }

    /// <summary>IPv4 before IPv6, then as numbers.</summary>
    public static IComparer<IpAddress> ByNumber { get; } =
        Comparer<IpAddress>.Create((left, right) => left.Family != right.Family ? left.Family.CompareTo(right.Family) : left.Bits.CompareTo(right.Bits));

    /// <summary>The family after mapping: IPv4 for an IPv4-mapped IPv6 address.</summary>
    public IpFamily Family { get; }

    /// <summary>The address as a number, host byte order; the low 32 bits for IPv4.</summary>
    public UInt128 Bits => new(high, low);

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => Family == IpFamily.IPv4 ? (uint)low >> 24 == 127 : (high, low) == (0, 1);

    /// <summary>0.0.0.0 or ::, which the kernel takes as "this host" in a destination.</summary>
    public bool IsUnspecified => (high | low) == 0;

    /// <summary>224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => Family == IpFamily.IPv4 ? (uint)low >> 28 == 0xe : high >> 56 == 0xff;

    /// <summary>255.255.255.255.</summary>
    public bool IsBroadcast => Family == IpFamily.IPv4 && (uint)low == uint.MaxValue;

    /// <summary>
    /// An IPv6 address that means something on one link only, so that its scope id names an interface:
    /// fe80::/10, and multicast of interface-local or link-local scope (RFC 4291, 2.7).
    /// </summary>
    public bool NeedsScopeId => Family == IpFamily.IPv6
        && (high >> 54 == 0xfe80 >> 6 || (IsMulticast && (int)(high >> 48 & 0xf) is 1 or 2));

    /// <summary>127.0.0.1 or ::1.</summary>
    public static IpAddress Loopback(IpFamily family) =>
        family == IpFamily.IPv4 ? new(family, 0x7f00_0001) : new(family, UInt128.One);

    /// <summary>0.0.0.0 or ::.</summary>
    public static IpAddress Any(IpFamily family) => new(family, UInt128.Zero);

    /// <summary>An address from its number in host byte order.</summary>
    public static IpAddress FromBits(IpFamily family, UInt128 bits) => new(family, bits);

    /// <summary>An IPv4 address from its number in host byte order.</summary>
    public static IpAddress FromIPv4(uint hostOrder) => new(IpFamily.IPv4, hostOrder);

    /// <summary>An address from the bytes of an in_addr (4, network byte order).</summary>
    public static IpAddress FromInAddr(ReadOnlySpan<byte> bytes) => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>An address from the bytes of an in6_addr (16, network byte order); mapped ones become IPv4.</summary>
    public static IpAddress FromIn6Addr(ReadOnlySpan<byte> bytes)
    {
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return bits >> 32 == 0xffff ? FromIPv4((uint)bits) : new(IpFamily.IPv6, bits);
    }

    /// <summary>Writes an in_addr: 4 bytes, network byte order. Only for IPv4.</summary>
    public void WriteInAddr(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);

    /// <summary>Writes an in6_addr: 16 bytes, network byte order; an IPv4 address in its mapped form.</summary>
    public void WriteIn6Addr(Span<byte> destination) =>
        BinaryPrimitives.WriteUInt128BigEndian(destination, Family == IpFamily.IPv4 ? (UInt128)0xffff << 32 | Bits : Bits);

    /// <summary>
    /// Reads an address in text: four decimal octets, or IPv6 in any RFC 4291 form, without a scope.
    /// Octal, hexadecimal and shortened IPv4 forms are refused, because tools disagree on what they mean.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.Contains(':'))
        {
            if (text.ContainsAny('%', '[', ']') || !IPAddress.TryParse(text, out IPAddress? parsed)
                || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }

            // The framework takes 010 for 8 in the last octet of a mapped address.
            if (text.Contains('.') && !(TryParseOctets(text[(text.LastIndexOf(':') + 1)..], out _, out int embedded) && embedded == 4))
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[16];
            parsed.TryWriteBytes(bytes, out _);
            address = FromIn6Addr(bytes);
            return true;
        }

        return TryParseOctets(text, out uint value, out int octets) && octets == 4 && Assign(FromIPv4(value), out address);
    }

    /// <summary>
    /// Reads one to four decimal octets separated by dots; missing octets are zero.
    /// </summary>
    internal static bool TryParseOctets(ReadOnlySpan<char> text, out uint value, out int octets)
    {
        value = 0;
        octets = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> octet = text[range];
            if (octets == 4 || octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == '0')
                || !byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
            {
                return false;
            }

            value |= (uint)number << (24 - 8 * octets++);
        }

        return true;
    }

    /// <summary>The usual text form; RFC 5952 for IPv6.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (Family == IpFamily.IPv4)
        {
            WriteInAddr(bytes);
            return new IPAddress(bytes[..4]).ToString();
        }

        WriteIn6Addr(bytes);
        return new IPAddress(bytes).ToString();
    }

    private static bool Assign(IpAddress value, out IpAddress target)
    {
        target = value;
        return true;
    }
}
