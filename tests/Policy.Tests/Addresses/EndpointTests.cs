using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("8.8.8.8", "8.8.8.8:53")]
    [InlineData("8.8.8.8:5353", "8.8.8.8:5353")]
    [InlineData("8.8.8.8:1", "8.8.8.8:1")]
    [InlineData("8.8.8.8:65535", "8.8.8.8:65535")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5353", "[2001:db8::1]:5353")]
    [InlineData("2001:db8::1:5353", "[2001:db8::1:5353]:53")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1:53")]
    [InlineData("[::ffff:192.0.2.1]:5353", "192.0.2.1:5353")]
    public void An_address_may_carry_a_port(string text, string shown)
    {
        Assert.True(Endpoint.TryParse(text, 53, out Endpoint endpoint, out string error), error);
        Assert.Equal(shown, endpoint.ToString());
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":53")]
    [InlineData("dns.example")]
    [InlineData("dns.example:53")]
    [InlineData("300.1.2.3")]
    [InlineData("8.8.8")]
    [InlineData("8.8.8.8.")]
    [InlineData("08.8.8.8")]
    [InlineData("8.8.8.8/32")]
    [InlineData("[8.8.8.8")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]53")]
    [InlineData("[2001:db8::1]]:53")]
    [InlineData("[]")]
    [InlineData("[]:53")]
    [InlineData("2001:db8::1]:53")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[fe80::1%2]:53")]
    [InlineData("2001:db8:::1")]
    public void What_is_no_address_is_named_with_what_is_accepted(string text)
    {
        Assert.False(Endpoint.TryParse(text, 53, out _, out string error));
        Assert.Equal($"'{text}' is not an address; accepted are 192.0.2.1, 192.0.2.1:53, 2001:db8::1 and [2001:db8::1]:53", error);
    }

    [Theory]
    [InlineData("8.8.8.8:", "")]
    [InlineData("8.8.8.8:0", "0")]
    [InlineData("8.8.8.8:70000", "70000")]
    [InlineData("8.8.8.8:65536", "65536")]
    [InlineData("8.8.8.8:-1", "-1")]
    [InlineData("8.8.8.8:+1", "+1")]
    [InlineData("8.8.8.8: 53", " 53")]
    [InlineData("8.8.8.8:0x35", "0x35")]
    [InlineData("8.8.8.8:domain", "domain")]
    [InlineData("[2001:db8::1]:", "")]
    [InlineData("[2001:db8::1]:0", "0")]
    [InlineData("[2001:db8::1]:70000", "70000")]
    [InlineData("[2001:db8::1]:53:53", "53:53")]
    public void What_is_no_port_is_named_with_what_is_accepted(string text, string port)
    {
        Assert.False(Endpoint.TryParse(text, 53, out _, out string error));
        Assert.Equal($"'{port}' in '{text}' is not a port; accepted is a number from 1 to 65535", error);
    }

    [Fact]
    public void Random_endpoints_survive_text()
    {
        var random = new Random(53);
        for (int round = 0; round < 20_000; round++)
        {
            Endpoint endpoint = RandomInput.Endpoint(random) with { ScopeId = 0, Port = (ushort)random.Next(1, 65_536) };

            Assert.True(Endpoint.TryParse(endpoint.ToString(), 53, out Endpoint parsed, out string error), error);
            Assert.Equal(endpoint, parsed);
        }
    }

    [Fact]
    public void Random_text_never_throws_and_an_error_names_it()
    {
        var random = new Random(5_353);
        for (int round = 0; round < 50_000; round++)
        {
            string text = RandomInput.Text(random, 24);
            bool read = Endpoint.TryParse(text, 53, out Endpoint endpoint, out string error);

            Assert.True(read ? error.Length == 0 && endpoint.Port != 0 : error.Contains($"'{text}'", StringComparison.Ordinal), text);
        }
    }
}
