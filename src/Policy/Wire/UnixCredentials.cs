namespace BindToInterface.Policy.Wire;

/// <summary>struct ucred (unix(7), SCM_CREDENTIALS): who a message is from.</summary>
/// <param name="Process">The process id.</param>
/// <param name="User">The user id.</param>
/// <param name="Group">The group id.</param>
public readonly record struct UnixCredentials(int Process, uint User, uint Group)
{
    /// <summary>sizeof(struct ucred).</summary>
    public const int Length = 12;

    /// <summary>Reads a struct ucred, in the byte order of this machine.</summary>
    public static UnixCredentials Read(ReadOnlySpan<byte> bytes) =>
        new(BitConverter.ToInt32(bytes), BitConverter.ToUInt32(bytes[4..]), BitConverter.ToUInt32(bytes[8..]));

    /// <summary>Writes a struct ucred.</summary>
    public void Write(Span<byte> bytes)
    {
        BitConverter.TryWriteBytes(bytes, Process);
        BitConverter.TryWriteBytes(bytes[4..], User);
        BitConverter.TryWriteBytes(bytes[8..], Group);
    }
}
