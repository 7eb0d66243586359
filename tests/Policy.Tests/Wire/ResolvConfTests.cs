using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class ResolvConfTests
{
    [Fact]
    public void Nameservers_are_read_in_order()
    {
        Assert.Equal(["192.0.2.1", "2001:db8::1"], Read(
            "# made by hand",
            "search example.org",
            "nameserver 192.0.2.1",
            "options edns0 trust-ad",
            "nameserver\t 2001:db8::1  ",
            ";nameserver 192.0.2.9",
            "#nameserver 192.0.2.9",
            ""));
    }

    [Fact]
    public void A_scope_is_kept()
    {
        Assert.Equal(["fe80::1%eth0", "fe80::1%2"], Read("nameserver fe80::1%eth0", "nameserver fe80::1%2"));
        Assert.Equal("eth0", ResolvConf.Nameservers(["nameserver fe80::1%eth0"])[0].Scope);
    }

    [Fact]
    public void A_comment_after_the_address_does_not_matter() => Assert.Equal(["192.0.2.1"], Read("nameserver 192.0.2.1 # the router"));

    [Fact]
    public void No_more_than_three_are_asked() => Assert.Equal(
        ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
        Read("nameserver 192.0.2.1", "nameserver bad", "nameserver 192.0.2.2", "nameserver 192.0.2.3", "nameserver 192.0.2.4"));

    [Theory]
    [InlineData("")]
    [InlineData("search example.org")]
    [InlineData("nameserver")]
    [InlineData("nameserver dns.example")]
    [InlineData("nameservers 192.0.2.1")]
    [InlineData("Nameserver 192.0.2.1")]
    [InlineData("option nameserver 192.0.2.1")]
    public void Without_any_the_one_on_this_host_is_asked(string line) => Assert.Equal(["127.0.0.1"], Read(line));

    [Fact]
    public void An_empty_file_means_the_one_on_this_host() => Assert.Equal(["127.0.0.1"], Read());

    private static IEnumerable<string> Read(params string[] lines) => ResolvConf.Nameservers(lines).Select(address => address.ToString());
}
