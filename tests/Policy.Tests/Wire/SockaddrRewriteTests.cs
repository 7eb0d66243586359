using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class SockaddrRewriteTests
{
    [Fact]
    public void A_sockaddr_in_takes_an_IPv4_endpoint_and_keeps_its_padding()
    {
        byte[] bytes = Bytes.In("192.0.2.1", 53);
        bytes.AsSpan(8).Fill(0xa5);
        byte[] expected = Bytes.In("198.51.100.7", 5353);
        expected.AsSpan(8).Fill(0xa5);

        Assert.True(Sockaddr.Parse(bytes).TryRewrite(bytes, Bytes.Endpoint("198.51.100.7", 5353)));

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void A_sockaddr_in_cannot_express_an_IPv6_endpoint_and_is_left_as_it_is()
    {
        byte[] bytes = Bytes.In("192.0.2.1", 53);

        Assert.False(Sockaddr.Parse(bytes).TryRewrite(bytes, Bytes.Endpoint("2001:db8::53", 5353)));

        Assert.Equal(Bytes.In("192.0.2.1", 53), bytes);
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::53")]
    [InlineData("2001:db8::1", "::ffff:192.0.2.53")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.53")]
    [InlineData("::ffff:192.0.2.1", "2001:db8::53")]
    public void A_sockaddr_in6_takes_both_families_and_keeps_its_flow_label(string from, string to)
    {
        byte[] bytes = Bytes.In6(from, 53, scope: 5, flowInfo: 0x1234_5678);

        Assert.True(Sockaddr.Parse(bytes).TryRewrite(bytes, Bytes.Endpoint(to, 5353)));

        Assert.Equal(Bytes.In6(to, 5353, scope: 0, flowInfo: 0x1234_5678), bytes);
    }

    [Fact]
    public void A_sockaddr_in6_takes_the_endpoints_scope()
    {
        byte[] bytes = Bytes.In6("fe80::1", 53, scope: 5);

        Assert.True(Sockaddr.Parse(bytes).TryRewrite(bytes, new Endpoint(Bytes.Address("fe80::53"), 53, 9)));

        Assert.Equal(Bytes.In6("fe80::53", 53, scope: 9), bytes);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(27)]
    public void A_sockaddr_in6_without_a_scope_is_not_written_beyond_its_address(int length)
    {
        byte[] bytes = Bytes.In6("2001:db8::1", 53, scope: 0xa5a5_a5a5);
        byte[] expected = Bytes.In6("2001:db8::53", 53, scope: 0xa5a5_a5a5);

        Assert.True(Sockaddr.Parse(bytes.AsSpan(..length)).TryRewrite(bytes.AsSpan(..length), Bytes.Endpoint("2001:db8::53", 53)));

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void An_address_that_was_passed_as_unspecified_stays_unspecified()
    {
        byte[] bytes = [0, 0, .. Bytes.In("192.0.2.1", 53)[2..]];

        Assert.True(Sockaddr.Parse(bytes, IpFamily.IPv4).TryRewrite(bytes, Bytes.Endpoint("198.51.100.7", 5353)));

        Assert.Equal([0, 0, .. Bytes.In("198.51.100.7", 5353)[2..]], bytes);
    }

    [Theory]
    [InlineData(SockaddrKind.TooShort)]
    [InlineData(SockaddrKind.Unspecified)]
    [InlineData(SockaddrKind.Unix)]
    [InlineData(SockaddrKind.Other)]
    public void What_is_not_IP_is_not_rewritten(SockaddrKind kind)
    {
        byte[] bytes = new byte[Sockaddr.In6Length];

        Assert.False(new Sockaddr(kind, default).TryRewrite(bytes, Bytes.Endpoint("192.0.2.1", 53)));

        Assert.All(bytes, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Rewriting_and_parsing_gives_the_new_endpoint_and_keeps_length_and_family()
    {
        var random = new Random(20_250_101);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = RandomInput.IpSockaddr(random);
            byte[] original = [.. bytes];
            Endpoint endpoint = RandomInput.Endpoint(random);
            Sockaddr before = Sockaddr.Parse(bytes);

            bool written = before.TryRewrite(bytes, endpoint);

            Assert.Equal(before.Kind != SockaddrKind.IPv4 || endpoint.Address.Family == IpFamily.IPv4, written);
            Assert.Equal(original.AsSpan(..2), bytes.AsSpan(..2));
            Assert.Equal(written ? endpoint with { ScopeId = bytes.Length < 28 ? 0 : endpoint.ScopeId } : before.Endpoint, Sockaddr.Parse(bytes).Endpoint);
        }
    }

    [Fact]
    public void A_whole_sockaddr_in_is_written_over_what_was_there()
    {
        byte[] bytes = new byte[Sockaddr.In6Length];
        bytes.AsSpan().Fill(0xa5);

        int length = Sockaddr.Write(bytes, IpFamily.IPv4, Bytes.Endpoint("192.0.2.1", 53));

        Assert.Equal(Bytes.In("192.0.2.1", 53), bytes[..length]);
        Assert.All(bytes[length..], value => Assert.Equal(0xa5, value));
    }

    [Theory]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:192.0.2.1")]
    public void A_whole_sockaddr_in6_is_written_mapped_where_it_must_be(string address)
    {
        byte[] bytes = new byte[Sockaddr.In6Length];
        bytes.AsSpan().Fill(0xa5);

        int length = Sockaddr.Write(bytes, IpFamily.IPv6, new Endpoint(Bytes.Address(address), 53, 4));

        Assert.Equal(Bytes.In6(address, 53, scope: 4), bytes[..length]);
    }
}
