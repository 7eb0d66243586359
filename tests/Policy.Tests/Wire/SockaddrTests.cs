using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class SockaddrTests
{
    [Fact]
    public void A_sockaddr_in_gives_its_address_and_port()
    {
        Sockaddr parsed = Sockaddr.Parse(Bytes.In("192.0.2.17", 0x1234));

        Assert.Equal(new Sockaddr(SockaddrKind.IPv4, Bytes.Endpoint("192.0.2.17", 0x1234)), parsed);
        Assert.Equal("192.0.2.17:4660", parsed.Endpoint.ToString());
    }

    [Fact]
    public void A_sockaddr_in6_gives_its_address_port_and_scope()
    {
        Sockaddr parsed = Sockaddr.Parse(Bytes.In6("fe80::1:2", 443, scope: 7, flowInfo: 0xffff_ffff));

        Assert.Equal(SockaddrKind.IPv6, parsed.Kind);
        Assert.Equal(new Endpoint(Bytes.Address("fe80::1:2"), 443, 7), parsed.Endpoint);
    }

    [Fact]
    public void A_mapped_address_is_the_IPv4_address_that_it_is()
    {
        Sockaddr parsed = Sockaddr.Parse(Bytes.In6("::ffff:192.0.2.17", 80));

        Assert.Equal(SockaddrKind.Mapped, parsed.Kind);
        Assert.Equal(Bytes.Endpoint("192.0.2.17", 80), parsed.Endpoint);
    }

    [Theory]
    [InlineData("::192.0.2.1")] // IPv4-compatible (RFC 4291, 2.5.5.1)
    [InlineData("::fffe:192.0.2.1")]
    [InlineData("::1:ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.1")] // NAT64 (RFC 6052)
    [InlineData("2002:c000:201::")] // 6to4 (RFC 3056)
    [InlineData("::ffff:0:0:1")]
    public void Addresses_that_only_resemble_a_mapped_one_stay_IPv6(string address)
    {
        Sockaddr parsed = Sockaddr.Parse(Bytes.In6(address, 80));

        Assert.Equal(SockaddrKind.IPv6, parsed.Kind);
        Assert.Equal(IpFamily.IPv6, parsed.Endpoint.Address.Family);
    }

    [Fact]
    public void A_sockaddr_in_is_taken_from_its_full_length_on()
    {
        for (int length = 0; length <= Sockaddr.MaximumLength; length++)
        {
            Sockaddr parsed = Sockaddr.Parse(Resized(Bytes.In("192.0.2.17", 80), length));

            Assert.Equal(length < 16 ? SockaddrKind.TooShort : SockaddrKind.IPv4, parsed.Kind);
            Assert.Equal(length < 16 ? default : Bytes.Endpoint("192.0.2.17", 80), parsed.Endpoint);
        }
    }

    [Theory]
    [InlineData("2001:db8::1", SockaddrKind.IPv6)]
    [InlineData("::ffff:192.0.2.1", SockaddrKind.Mapped)]
    public void A_sockaddr_in6_is_taken_from_24_bytes_on_and_has_a_scope_from_28_on(string address, SockaddrKind kind)
    {
        for (int length = 0; length <= Sockaddr.MaximumLength; length++)
        {
            Sockaddr parsed = Sockaddr.Parse(Resized(Bytes.In6(address, 80, scope: 3), length));

            Endpoint expected = length switch
            {
                < 24 => default,
                < 28 => new(Bytes.Address(address), 80),
                _ => new(Bytes.Address(address), 80, 3),
            };
            Assert.Equal(new Sockaddr(length < 24 ? SockaddrKind.TooShort : kind, expected), parsed);
        }
    }

    [Fact]
    public void Without_a_whole_family_there_is_no_address()
    {
        Assert.Equal(SockaddrKind.TooShort, Sockaddr.Parse([]).Kind);
        Assert.Equal(SockaddrKind.TooShort, Sockaddr.Parse([2]).Kind);
        Assert.Equal(SockaddrKind.TooShort, Sockaddr.Parse([0], IpFamily.IPv4).Kind);
    }

    [Fact]
    public void Each_family_has_its_kind()
    {
        for (int family = 0; family <= ushort.MaxValue; family++)
        {
            byte[] bytes = new byte[Sockaddr.MaximumLength];
            BitConverter.TryWriteBytes(bytes, (ushort)family);

            SockaddrKind expected = family switch
            {
                0 => SockaddrKind.Unspecified,
                1 => SockaddrKind.Unix,
                2 => SockaddrKind.IPv4,
                10 => SockaddrKind.IPv6,
                _ => SockaddrKind.Other,
            };
            Assert.Equal(expected, Sockaddr.Parse(bytes).Kind);
        }
    }

    [Theory]
    [InlineData(2, SockaddrKind.Unspecified)]
    [InlineData(16, SockaddrKind.Unspecified)]
    [InlineData(128, SockaddrKind.Unspecified)]
    public void An_unspecified_family_means_itself_where_the_kernel_says_so(int length, SockaddrKind kind) =>
        Assert.Equal(new Sockaddr(kind, default), Sockaddr.Parse(Resized(WithoutFamily(Bytes.In("192.0.2.1", 80)), length)));

    [Fact]
    public void An_unspecified_family_can_mean_IPv4()
    {
        byte[] bytes = WithoutFamily(Bytes.In("192.0.2.1", 80));

        Assert.Equal(new Sockaddr(SockaddrKind.IPv4, Bytes.Endpoint("192.0.2.1", 80)), Sockaddr.Parse(bytes, IpFamily.IPv4));
        Assert.Equal(SockaddrKind.TooShort, Sockaddr.Parse(bytes.AsSpan(..15), IpFamily.IPv4).Kind);
    }

    [Theory]
    [InlineData("2001:db8::1", SockaddrKind.IPv6)]
    [InlineData("::ffff:192.0.2.1", SockaddrKind.Mapped)]
    public void An_unspecified_family_can_mean_IPv6(string address, SockaddrKind kind)
    {
        byte[] bytes = WithoutFamily(Bytes.In6(address, 80, scope: 9));

        Assert.Equal(new Sockaddr(kind, new(Bytes.Address(address), 80, 9)), Sockaddr.Parse(bytes, IpFamily.IPv6));
        Assert.Equal(SockaddrKind.TooShort, Sockaddr.Parse(bytes.AsSpan(..23), IpFamily.IPv6).Kind);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void What_an_unspecified_family_means_changes_no_other_family(IpFamily unspecified)
    {
        Assert.Equal(SockaddrKind.IPv4, Sockaddr.Parse(Bytes.In("192.0.2.1", 80), unspecified).Kind);
        Assert.Equal(SockaddrKind.IPv6, Sockaddr.Parse(Bytes.In6("2001:db8::1", 80), unspecified).Kind);
        Assert.Equal(SockaddrKind.Unix, Sockaddr.Parse(Bytes.Unix("/run/x"), unspecified).Kind);
        Assert.Equal(SockaddrKind.Other, Sockaddr.Parse([17, 0, .. new byte[18]], unspecified).Kind);
    }

    [Theory]
    [InlineData(SockaddrKind.IPv4, true)]
    [InlineData(SockaddrKind.IPv6, true)]
    [InlineData(SockaddrKind.Mapped, true)]
    [InlineData(SockaddrKind.Unix, false)]
    [InlineData(SockaddrKind.Unspecified, false)]
    [InlineData(SockaddrKind.TooShort, false)]
    [InlineData(SockaddrKind.Other, false)]
    public void Three_kinds_are_IP(SockaddrKind kind, bool isIp) => Assert.Equal(isIp, new Sockaddr(kind, default).IsIp);

    private static byte[] Resized(byte[] bytes, int length)
    {
        byte[] resized = new byte[length];
        bytes.AsSpan(..Math.Min(length, bytes.Length)).CopyTo(resized);
        return resized;
    }

    private static byte[] WithoutFamily(byte[] bytes) => [0, 0, .. bytes[2..]];
}
