using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class InterfaceNameTests
{
    [Theory]
    [InlineData("lo")]
    [InlineData("ovpn")]
    [InlineData("a")]
    [InlineData("eth0.100")]
    [InlineData("wg-home_1")]
    [InlineData("...")]
    [InlineData("123456789012345")]
    [InlineData("%s")]
    [InlineData("-i")]
    [InlineData("détour")]
    public void Names_that_the_kernel_allows_are_valid(string name)
    {
        Assert.True(InterfaceName.IsValid(name, out string error));
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData("1234567890123456")]
    [InlineData("a-name-of-an-interface-that-is-far-too-long")]
    [InlineData("ééééééééé")] // nine characters, 18 bytes
    public void A_name_of_more_than_15_bytes_is_too_long(string name)
    {
        Assert.False(InterfaceName.IsValid(name, out string error));
        Assert.Equal($"'{name}' is longer than 15 characters; accepted is the name of a network interface as in 'ip link'", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("eth0:1")]
    [InlineData("a b")]
    [InlineData(" ovpn")]
    [InlineData("ovpn\t")]
    [InlineData("ovpn\n")]
    [InlineData("ov\0pn")]
    public void A_name_that_the_kernel_refuses_is_named_with_what_is_accepted(string name)
    {
        Assert.False(InterfaceName.IsValid(name, out string error));
        Assert.StartsWith($"'{name}' cannot be an interface: ", error, StringComparison.Ordinal);
        Assert.EndsWith("accepted is the name of a network interface as in 'ip link'", error, StringComparison.Ordinal);
    }
}
