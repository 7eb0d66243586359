using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class NetworkTests
{
    /// <summary>Each notation with the first and the last address in it, and the next ones outside.</summary>
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.0", "192.0.2.2")]
    [InlineData("192.0.2.1/32", "192.0.2.1", "192.0.2.1", "192.0.2.0", "192.0.2.2")]
    [InlineData("192.0.2.0/31", "192.0.2.0", "192.0.2.1", "192.0.1.255", "192.0.2.2")]
    [InlineData("192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.0.2.77/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("172.16.0.0/12", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("128.0.0.0/1", "128.0.0.0", "255.255.255.255", "127.255.255.255", "0.0.0.0")]
    [InlineData("192.168.0", "192.168.0.0", "192.168.0.255", "192.167.255.255", "192.168.1.0")]
    [InlineData("192.168.0.", "192.168.0.0", "192.168.0.255", "192.167.255.255", "192.168.1.0")]
    [InlineData("192.168", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("192.168.", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("10", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("10.", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("0", "0.0.0.0", "0.255.255.255", "255.255.255.255", "1.0.0.0")]
    [InlineData("2001:db8::1", "2001:db8::1", "2001:db8::1", "2001:db8::", "2001:db8::2")]
    [InlineData("2001:db8::1/128", "2001:db8::1", "2001:db8::1", "2001:db8::", "2001:db8::2")]
    [InlineData("2001:db8::/127", "2001:db8::", "2001:db8::1", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::2")]
    [InlineData("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8:0:1::")]
    [InlineData("2001:db8::/63", "2001:db8::", "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8:0:2::")]
    [InlineData("2001:db8:5::5/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::")]
    [InlineData("8000::/1", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.0", "192.0.2.2")]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("::ffff:192.0.2.1/128", "192.0.2.1", "192.0.2.1", "192.0.2.0", "192.0.2.2")]
    public void A_network_ends_where_it_says(string network, string first, string last, string before, string after)
    {
        Network parsed = Parse(network);

        Assert.True(parsed.Contains(Bytes.Address(first)));
        Assert.True(parsed.Contains(Bytes.Address(last)));
        Assert.False(parsed.Contains(Bytes.Address(before)));
        Assert.False(parsed.Contains(Bytes.Address(after)));
    }

    [Theory]
    [InlineData("10.1", "10.1.0.0", true)]
    [InlineData("10.1", "10.1.255.255", true)]
    [InlineData("10.1", "10.100.0.1", false)]
    [InlineData("10.1", "10.10.0.1", false)]
    [InlineData("10.1", "10.19.0.1", false)]
    [InlineData("10.1.", "10.100.0.1", false)]
    [InlineData("1", "10.0.0.1", false)]
    [InlineData("1", "192.0.2.1", false)]
    [InlineData("192.168.1", "192.168.100.1", false)]
    [InlineData("192.0.2.1", "192.0.2.10", false)]
    public void Leading_octets_are_octets_and_not_characters(string network, string address, bool expected) =>
        Assert.Equal(expected, Parse(network).Contains(Bytes.Address(address)));

    [Theory]
    [InlineData("0.0.0.0/0", "255.255.255.255", "::1")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "::")]
    [InlineData("::ffff:0.0.0.0/96", "203.0.113.9", "2001:db8::1")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "203.0.113.9")]
    [InlineData("::/0", "::", "0.0.0.0")]
    [InlineData("::/96", "::1.2.3.4", "1.2.3.4")]
    public void A_network_holds_one_family_and_mapped_addresses_are_IPv4(string network, string inside, string outside)
    {
        Assert.True(Parse(network).Contains(Bytes.Address(inside)));
        Assert.False(Parse(network).Contains(Bytes.Address(outside)));
    }

    [Fact]
    public void A_mapped_destination_is_in_an_IPv4_network() =>
        Assert.True(Parse("192.0.2.0/24").Contains(Bytes.Destination("::ffff:192.0.2.9", 80).Endpoint.Address));

    [Fact]
    public void Every_prefix_length_holds_exactly_its_leading_bits()
    {
        var random = new Random(4_632);
        for (int round = 0; round < 4_000; round++)
        {
            IpAddress address = RandomInput.Address(random);
            int width = address.Family == IpFamily.IPv4 ? 32 : 128;
            int length = random.Next(width + 1);
            Network network = Parse($"{address}/{length}");

            Assert.True(network.Contains(address));
            for (int bit = 0; bit < width; bit++)
            {
                Assert.Equal(bit >= length, network.Contains(Flip(address, bit)));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("/8")]
    [InlineData("300.1.2.3")]
    [InlineData("300")]
    [InlineData("256.")]
    [InlineData("10.0.0.0/40")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.0/99999999999999999999")]
    [InlineData("10./8")]
    [InlineData("10/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("010")]
    [InlineData("192.168.00")]
    [InlineData("0xa.0.0.1")]
    [InlineData("192.168..")]
    [InlineData("192..168")]
    [InlineData(".192.168")]
    [InlineData("192.168.0.1.")]
    [InlineData("192.168.0.1.2")]
    [InlineData("192.168.*")]
    [InlineData("192.168.-1")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::/-1")]
    [InlineData("2001:db8")]
    [InlineData("2001:db8:")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]/64")]
    [InlineData("::ffff:192.0.2.0/95")]
    [InlineData("::ffff:192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.0/129")]
    [InlineData("localhost")]
    [InlineData("example.org")]
    public void What_is_no_network_is_refused(string text)
    {
        Assert.False(Network.TryParse(text, out Network network));
        Assert.Equal(default, network);
    }

    private static Network Parse(string text) => Network.TryParse(text, out Network network) ? network : throw new ArgumentException(text);

    private static IpAddress Flip(IpAddress address, int bit)
    {
        byte[] bytes = new byte[16];
        address.WriteIn6Addr(bytes);
        int position = address.Family == IpFamily.IPv4 ? 96 + bit : bit;
        bytes[position / 8] ^= (byte)(0x80 >> (position % 8));
        return IpAddress.FromIn6Addr(bytes);
    }
}
