using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class HostsTests
{
    private static readonly string[] Lines =
    [
        "127.0.0.1 localhost", "", "# 10.0.0.1 nas", "192.0.2.1\tnas  nas.home # nas2", "2001:db8::1 NAS", "fe80::1%eth0 nas", "fe80::1 nas", "nas 192.0.2.9", "192.0.2.1 nas",
    ];

    [Theory]
    [InlineData("nas", "192.0.2.1 2001:db8::1")]
    [InlineData("nas.home", "192.0.2.1")]
    [InlineData("nas2", "")]
    [InlineData("home", "")]
    [InlineData("localhost", "127.0.0.1")]
    public void A_name_has_the_addresses_of_its_lines(string name, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', Hosts.AddressesOf(Lines, name)));
}
