using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class IpOptionsTests
{
    [Theory]
    [InlineData("83 07 04 c0000201", true)] // loose source route
    [InlineData("89 07 04 c0000201", true)] // strict source route
    [InlineData("01 01 83 07 04 c0000201", true)]
    [InlineData("94 04 0000 83 07 04 c0000201", true)] // behind a router alert
    [InlineData("07 07 04 00000000 89 07 04 c0000201", true)] // behind a record route
    [InlineData("83", true)]
    [InlineData("", false)]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData("01 01 01 01", false)]
    [InlineData("94 04 0000", false)]
    [InlineData("94 04 8389", false)] // the numbers inside another option
    [InlineData("00 83 07 04 c0000201", false)] // behind the end of the list
    [InlineData("94", false)]
    [InlineData("94 00 83 07", false)] // a length of zero
    [InlineData("94 ff 83 07", false)] // a length beyond the end
    public void A_source_route_is_found_wherever_it_stands(string hexadecimal, bool expected) =>
        Assert.Equal(expected, IpOptions.HaveSourceRoute(Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void Random_options_never_throw_and_a_route_behind_them_is_found_where_they_can_be_read()
    {
        var random = new Random(791);
        byte[] route = [131, 7, 4, 192, 0, 2, 1];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] options = RandomInput.Bytes(random, 40);
            bool alone = IpOptions.HaveSourceRoute(options);
            Assert.True(!alone || options.Contains((byte)131) || options.Contains((byte)137));
            Assert.True(!alone || IpOptions.HaveSourceRoute([.. options, .. route]));
            Assert.True(IpOptions.HaveSourceRoute([.. Enumerable.Repeat((byte)1, options.Length), .. route, .. options]));
        }
    }
}
