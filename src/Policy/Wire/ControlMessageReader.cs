namespace BindToInterface.Policy.Wire;

/// <summary>Goes through the messages of a control buffer as the kernel does (cmsg(3), CMSG_OK and CMSG_NXTHDR).</summary>
/// <param name="control">The buffer.</param>
/// <param name="layout">Its layout.</param>
internal ref struct ControlMessageReader(ReadOnlySpan<byte> control, AbiLayout layout)
{
    private readonly ReadOnlySpan<byte> control = control;

    /// <summary>Where the next message would begin; beyond the end where alignment led there.</summary>
    public int Offset { get; private set; }

    /// <summary>cmsg_level.</summary>
    public int Level { get; private set; }

    /// <summary>cmsg_type.</summary>
    public int Type { get; private set; }

    /// <summary>The message's data.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Whether a header was not whole, or longer than the buffer: the end, and EINVAL for the kernel.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>Reads the next message; false where there is none, or it is not valid.</summary>
    public bool MoveNext()
    {
        if (IsInvalid || Offset + layout.CmsghdrLength > control.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> message = control[Offset..];
        ulong claimed = layout.ReadWord(message);
        if (claimed < (ulong)layout.CmsghdrLength || claimed > (ulong)message.Length)
        {
            IsInvalid = true;
            return false;
        }

        Level = BitConverter.ToInt32(message[layout.WordSize..]);
        Type = BitConverter.ToInt32(message[(layout.WordSize + 4)..]);
        Data = message[layout.CmsghdrLength..(int)claimed];
        Offset += layout.Align((int)claimed);
        return true;
    }
}
