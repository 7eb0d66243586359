namespace BindToInterface.Supervisor.Handlers;

/// <summary>
/// A datagram that was judged and waits for room: what is sent then is what was judged, whatever the program's memory says.
/// </summary>
/// <param name="Address">The sockaddr.</param>
/// <param name="Control">The control messages, as they are sent.</param>
/// <param name="Payload">The payload; null where it cannot be read.</param>
/// <param name="Length">The length of the payload.</param>
/// <param name="Flags">The MSG_ flags of the call.</param>
internal sealed record HeldMessage(byte[] Address, byte[] Control, byte[]? Payload, int Length, int Flags)
{
    /// <summary>Strict mode: the ifindex that the socket has to be bound to as it is sent; 0 for any.</summary>
    public uint Device { get; init; }
}
