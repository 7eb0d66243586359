namespace BindToInterface.Policy.Wire;

/// <summary>
/// Goes through the attributes of a netlink message (netlink(7), struct nlattr): a length and a type of 16 bits each, in host
/// byte order, then the value, padded to four bytes. It ends at the first one that does not fit.
/// </summary>
public ref struct NetlinkAttributes
{
    private const int HeaderLength = 4;
    // NLA_F_NESTED and NLA_F_NET_BYTEORDER are no part of an attribute's type.
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> rest;

    /// <summary>The attributes in these bytes.</summary>
    public NetlinkAttributes(ReadOnlySpan<byte> bytes) => rest = bytes;

    /// <summary>The type of the current one.</summary>
    public ushort Type { get; private set; }

    /// <summary>The value of the current one.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The value as a number in host byte order; 0 where it has another length than four bytes.</summary>
    public readonly uint Number => Value.Length == sizeof(uint) ? BitConverter.ToUInt32(Value) : 0;

    /// <summary>Goes to the next one.</summary>
    /// <returns>false where there is none.</returns>
    public bool Next()
    {
        if (rest.Length < HeaderLength || BitConverter.ToUInt16(rest) is var size && (size < HeaderLength || size > rest.Length))
        {
            return false;
        }

        Type = (ushort)(BitConverter.ToUInt16(rest[2..]) & TypeMask);
        Value = rest[HeaderLength..size];
        rest = rest[Math.Min((size + 3) & ~3, rest.Length)..];
        return true;
    }
}
