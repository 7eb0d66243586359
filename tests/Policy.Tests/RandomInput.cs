using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests;

/// <summary>Random but repeatable input: the seed is the test's.</summary>
internal static class RandomInput
{
    public static byte[] Bytes(Random random, int maximumLength)
    {
        byte[] bytes = new byte[random.Next(maximumLength + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>An address of either family; mapped and loopback ones among them.</summary>
    public static IpAddress Address(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        switch (random.Next(4))
        {
            case 0:
                return IpAddress.FromInAddr(bytes);
            case 1:
                bytes.AsSpan(..10).Clear();
                bytes.AsSpan(10, 2).Fill(0xff);
                return IpAddress.FromIn6Addr(bytes);
            case 2:
                return IpAddress.Loopback(random.Next(2) == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            default:
                return IpAddress.FromIn6Addr(bytes);
        }
    }

    public static Endpoint Endpoint(Random random)
    {
        IpAddress address = Address(random);
        return new(address, (ushort)random.Next(65_536), address.NeedsScopeId ? (uint)random.Next(1, 100) : 0);
    }

    /// <summary>The bytes of a sockaddr_in or a sockaddr_in6, with a length that the kernel takes.</summary>
    public static byte[] IpSockaddr(Random random)
    {
        bool isIPv6 = random.Next(2) == 0;
        byte[] bytes = new byte[isIPv6 ? random.Next(24, 129) : random.Next(16, 129)];
        random.NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, (ushort)(isIPv6 ? IpFamily.IPv6 : IpFamily.IPv4));
        if (isIPv6 && random.Next(2) == 0)
        {
            bytes.AsSpan(8, 10).Clear();
            bytes.AsSpan(18, 2).Fill(0xff);
        }

        return bytes;
    }

    /// <summary>Text from the alphabet of addresses, networks and lists, so that much of it is nearly right.</summary>
    public static string Text(Random random, int maximumLength) =>
        string.Create(random.Next(maximumLength + 1), random, (span, source) =>
            source.GetItems("0123456789abcdef....:::,,//[]% xloopback\0\u0660é", span));
}
