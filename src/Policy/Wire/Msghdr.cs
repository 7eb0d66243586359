namespace BindToInterface.Policy.Wire;

/// <summary>The fields of a struct msghdr (sendmsg(2)); pointers are the program's own.</summary>
public readonly record struct Msghdr(
    ulong Name, int NameLength, ulong Iov, ulong IovLength, ulong Control, ulong ControlLength)
{
    /// <summary>Whether it names an address: the kernel ignores one without a length.</summary>
    public bool HasName => Name != 0 && NameLength != 0;

    /// <summary>How much of the address the kernel takes: no more than a sockaddr_storage.</summary>
    public int KernelNameLength => HasName ? Math.Clamp(NameLength, 0, Sockaddr.MaximumLength) : 0;

    /// <summary>Whether it has control messages: the kernel goes by their length.</summary>
    public bool HasControl => ControlLength != 0;

    /// <summary>Reads a msghdr in a program's layout.</summary>
    public static Msghdr Read(ReadOnlySpan<byte> bytes, AbiLayout layout)
    {
        // 64-bit: name, namelen (int, padded), iov, iovlen, control, controllen, flags.
        // 32-bit: the same seven fields of four bytes.
        int word = layout.WordSize;
        return new(
            layout.ReadWord(bytes),
            BitConverter.ToInt32(bytes[word..]),
            layout.ReadWord(bytes[(2 * word)..]),
            layout.ReadWord(bytes[(3 * word)..]),
            layout.ReadWord(bytes[(4 * word)..]),
            layout.ReadWord(bytes[(5 * word)..]));
    }
}
