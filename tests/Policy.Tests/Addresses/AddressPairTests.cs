using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class AddressPairTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:53", null)]
    [InlineData("192.0.2.1:5353", "192.0.2.1:5353", null)]
    [InlineData("2001:db8::1", null, "[2001:db8::1]:53")]
    [InlineData("192.0.2.1,2001:db8::1", "192.0.2.1:53", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5354 , 192.0.2.1:5353", "192.0.2.1:5353", "[2001:db8::1]:5354")]
    [InlineData(",192.0.2.1,", "192.0.2.1:53", null)]
    [InlineData("::ffff:192.0.2.1,2001:db8::1", "192.0.2.1:53", "[2001:db8::1]:53")]
    public void One_address_of_each_family_is_taken(string text, string? ipv4, string? ipv6)
    {
        Assert.True(AddressPair.TryParse(text, 53, out AddressPair pair, out string error), error);

        Assert.Equal("", error);
        Assert.Equal(ipv4, pair[IpFamily.IPv4]?.ToString());
        Assert.Equal(ipv6, pair[IpFamily.IPv6]?.ToString());
        Assert.False(pair.IsEmpty);
    }

    [Fact]
    public void A_port_that_is_not_given_can_be_filled_in_later()
    {
        Assert.True(AddressPair.TryParse("192.0.2.1,[2001:db8::1]:54", 0, out AddressPair pair, out _));

        Assert.Equal(new AddressPair(Bytes.Endpoint("192.0.2.1", 5353), Bytes.Endpoint("2001:db8::1", 54)), pair.WithDefaultPort(5353));
        Assert.True(default(AddressPair).WithDefaultPort(53).IsEmpty);
    }

    [Fact]
    public void Where_ports_are_not_allowed_the_port_is_zero()
    {
        Assert.True(AddressPair.TryParse("192.0.2.1,2001:db8::1", null, out AddressPair pair, out _));

        Assert.Equal(new AddressPair(Bytes.Endpoint("192.0.2.1"), Bytes.Endpoint("2001:db8::1")), pair);
    }

    [Theory]
    [InlineData("192.0.2.1:53", "192.0.2.1:53")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    [InlineData("192.0.2.1,[2001:db8::1]:53", "[2001:db8::1]:53")]
    [InlineData("ovpn", "ovpn")]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.1 2001:db8::1", "192.0.2.1 2001:db8::1")]
    public void Where_ports_are_not_allowed_anything_but_an_address_is_an_error(string text, string item)
    {
        Assert.False(AddressPair.TryParse(text, null, out _, out string error));
        Assert.Equal($"'{item}' is not an address; accepted are 192.0.2.1 and 2001:db8::1, one of each at most", error);
    }

    [Theory]
    [InlineData("192.0.2.1,192.0.2.2", "IPv4")]
    [InlineData("192.0.2.1,192.0.2.1", "IPv4")]
    [InlineData("192.0.2.1,::ffff:192.0.2.2", "IPv4")]
    [InlineData("2001:db8::1,2001:db8::2", "IPv6")]
    [InlineData("192.0.2.1,2001:db8::1,192.0.2.2", "IPv4")]
    public void Two_addresses_of_a_family_are_an_error(string text, string family)
    {
        foreach (ushort? port in new ushort?[] { 53, null })
        {
            Assert.False(AddressPair.TryParse(text, port, out _, out string error));
            Assert.Equal($"'{text}' has two {family} addresses; accepted is one per family", error);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    public void No_address_at_all_is_an_error(string text)
    {
        Assert.False(AddressPair.TryParse(text, 53, out AddressPair pair, out string error));

        Assert.True(pair.IsEmpty);
        Assert.Equal($"'{text}' has no address; accepted are 192.0.2.1 and 2001:db8::1, one of each at most", error);
    }

    [Theory]
    [InlineData("192.0.2.1:0", "'0' in '192.0.2.1:0' is not a port; accepted is a number from 1 to 65535")]
    [InlineData("192.0.2.1,[2001:db8::1]:70000", "'70000' in '[2001:db8::1]:70000' is not a port; accepted is a number from 1 to 65535")]
    [InlineData(
        "192.0.2.1,ns.example",
        "'ns.example' is not an address; accepted are 192.0.2.1, 192.0.2.1:53, 2001:db8::1 and [2001:db8::1]:53")]
    public void The_error_of_an_item_is_passed_on(string text, string expected)
    {
        Assert.False(AddressPair.TryParse(text, 53, out _, out string error));
        Assert.Equal(expected, error);
    }
}
