namespace BindToInterface.Policy.Wire;

/// <summary>
/// The layout of the structures that a program passes: pointers and size_t of 8 bytes or of 4
/// (32-bit programs; linux/compat.h).
/// </summary>
public readonly record struct AbiLayout(int WordSize)
{
    /// <summary>64-bit programs.</summary>
    public static readonly AbiLayout Bits64 = new(8);

    /// <summary>32-bit programs.</summary>
    public static readonly AbiLayout Bits32 = new(4);

    /// <summary>sizeof(struct msghdr).</summary>
    public int MsghdrLength => WordSize == 8 ? 56 : 28;

    /// <summary>sizeof(struct mmsghdr): a msghdr and msg_len, padded.</summary>
    public int MmsghdrLength => WordSize == 8 ? 64 : 32;

    /// <summary>sizeof(struct iovec).</summary>
    public int IovecLength => 2 * WordSize;

    /// <summary>sizeof(struct cmsghdr): cmsg_len, cmsg_level, cmsg_type.</summary>
    public int CmsghdrLength => WordSize + 8;

    /// <summary>Rounds up as CMSG_ALIGN does.</summary>
    public int Align(int length) => (length + WordSize - 1) & ~(WordSize - 1);

    /// <summary>Reads a pointer or a size_t.</summary>
    public ulong ReadWord(ReadOnlySpan<byte> bytes) =>
        WordSize == 8 ? BitConverter.ToUInt64(bytes) : BitConverter.ToUInt32(bytes);
}
