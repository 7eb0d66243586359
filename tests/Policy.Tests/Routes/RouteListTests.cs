using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests.Routes;

/// <summary>What <c>--route</c> accepts.</summary>
public sealed class RouteListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    [InlineData("10.0.0.0/8=corp0", "10.0.0.0/8=corp0")]
    [InlineData("10.1.2.3/8=corp0", "10.0.0.0/8=corp0")]
    [InlineData(" 10 = corp0 , 192.168.=direct", "10.0.0.0/8=corp0 192.168.0.0/16=direct")]
    [InlineData("10.1.2.3=deny", "10.1.2.3=deny")]
    [InlineData("::/0=deny", "::/0=deny")]
    [InlineData("::ffff:10.0.0.0/104=corp0", "10.0.0.0/8=corp0")]
    [InlineData("fd00::/8=corp0,10.0.0.0/8=corp0", "fd00::/8=corp0 10.0.0.0/8=corp0")]
    [InlineData("loopback=direct", "127.0.0.0/8=direct ::1=direct")]
    [InlineData("10.0.0.0/8=a=b", "10.0.0.0/8=a=b")]
    [InlineData("10.0.0.0/8=corp0,10.0.0.0/8=corp0", "10.0.0.0/8=corp0 10.0.0.0/8=corp0")]
    public void A_route_is_a_network_and_a_way(string text, string expected)
    {
        Assert.True(RouteList.TryParse(text, out RouteList list, out string error), error);
        Assert.Equal(expected, string.Join(' ', list.Routes.Select(route => route.Text)));
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "'10.0.0.0/8' names no way")]
    [InlineData("10.0.0.0/8=", "'10.0.0.0/8=' names no way")]
    [InlineData("corp0", "'corp0' names no way")]
    [InlineData("=corp0", "'' is not a network")]
    [InlineData("corp0=10.0.0.0/8", "'corp0' is not a network")]
    [InlineData("192.168.x=corp0", "'192.168.x' is not a network")]
    [InlineData("nas.example.org=direct", "'nas.example.org' is not a network")]
    [InlineData("lan=direct", "'lan' is not a network")]
    [InlineData("10.0.0.0/40=corp0", "'10.0.0.0/40' is not a network")]
    [InlineData("10.0.0.0/8=none", "'none' is not an interface; accepted is 10.0.0.0/8=deny")]
    [InlineData("10.0.0.0/8=eth0:1", "'eth0:1' cannot be an interface")]
    [InlineData("10.0.0.0/8=averyverylongname", "'averyverylongname' is longer than 15")]
    [InlineData("10.0.0.0/8=corp0,10.0.0.0/8=deny", "'10.0.0.0/8=corp0' and '10.0.0.0/8=deny' are two ways for one network; accepted is one")]
    [InlineData("10.0.0.1/8=corp0,10.0.0.2/8=ovpn", "'10.0.0.0/8=corp0' and '10.0.0.0/8=ovpn' are two ways")]
    public void A_bad_item_is_named_with_what_is_accepted(string text, string start)
    {
        Assert.False(RouteList.TryParse(text, out RouteList list, out string error));
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.Contains("accepted", error, StringComparison.Ordinal);
        Assert.Empty(list.Routes);
    }

    [Fact]
    public void Random_text_never_throws_and_is_read_or_explained()
    {
        var random = new Random(10_10);
        for (int round = 0; round < 20_000; round++)
        {
            string text = RandomInput.Text(random, 30) + (round % 2 == 0 ? "=x" : "");
            Assert.True(RouteList.TryParse(text, out _, out string error) == (error.Length == 0), text);
        }
    }
}
