using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests;

/// <summary>Builds control buffers (cmsg(3)) of either layout, message by message.</summary>
/// <param name="layout">The layout.</param>
/// <param name="padding">What is between the messages: not zero by default, as on a program's stack.</param>
internal sealed class ControlBuffer(AbiLayout layout, byte padding = 0xee)
{
    public const int SolSocket = 1, SolIp = 0, SolUdp = 17, SolIpv6 = 41;
    public const int IpTtl = 2, IpRetopts = 7, IpPktinfo = 8, UdpSegment = 103;
    public const int Ipv62292Pktinfo = 2, Ipv62292Rthdr = 5, Ipv6Pktinfo = 50, Ipv6Hoplimit = 52, Ipv6Rthdr = 57;

    private readonly List<byte> bytes = [];

    public byte[] ToArray() => [.. bytes];

    public static byte[] InPktinfo(uint index, string source = "0.0.0.0", string destination = "0.0.0.0") =>
        [.. Bytes.Int(index), .. Bytes.In4(source), .. Bytes.In4(destination)];

    public static byte[] In6Pktinfo(uint index, string source = "::") => [.. Bytes.In16(source), .. Bytes.Int(index)];

    /// <summary>Adds a message.</summary>
    public ControlBuffer Add(int level, int type, params ReadOnlySpan<byte> data)
    {
        Pad();
        int length = layout.WordSize + 8 + data.Length;
        bytes.AddRange(layout.WordSize == 8 ? BitConverter.GetBytes((ulong)length) : BitConverter.GetBytes((uint)length));
        bytes.AddRange(BitConverter.GetBytes(level));
        bytes.AddRange(BitConverter.GetBytes(type));
        bytes.AddRange(data);
        return this;
    }

    /// <summary>Adds a header that claims a length.</summary>
    public ControlBuffer AddClaiming(ulong length, int level, int type, params ReadOnlySpan<byte> data)
    {
        Add(level, type, data);
        int start = bytes.Count - data.Length - 8 - layout.WordSize;
        byte[] claimed = BitConverter.GetBytes(length);
        for (int index = 0; index < layout.WordSize; index++)
        {
            bytes[start + index] = claimed[index];
        }

        return this;
    }

    /// <summary>Pads to a word.</summary>
    public ControlBuffer Pad()
    {
        while (bytes.Count % layout.WordSize != 0)
        {
            bytes.Add(padding);
        }

        return this;
    }

    public ControlBuffer AddRaw(params ReadOnlySpan<byte> raw)
    {
        bytes.AddRange(raw);
        return this;
    }
}
