namespace BindToInterface.Policy.Plans;

/// <summary>Tells the kinds of sockets by the kernel's names of their protocols (struct proto, name; the attribute system.sockprotoname).</summary>
public static class SocketKinds
{
    /// <summary>The kind that a name tells.</summary>
    /// <param name="protocol">The name, without a zero at its end; empty where it is not known.</param>
    public static SocketKind Of(ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("TCP"u8) || protocol.SequenceEqual("TCPv6"u8) ? SocketKind.Stream
        : protocol.SequenceEqual("UNIX"u8) || protocol.SequenceEqual("UNIX-STREAM"u8) || protocol.SequenceEqual("NETLINK"u8) || protocol.SequenceEqual("ALG"u8) ? SocketKind.Local
        : SocketKind.Unknown;
}
