using System.Net;
using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("192.0.2.17", "192.0.2.17")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8")]
    [InlineData("64:ff9b::192.0.2.1", "64:ff9b::c000:201")]
    public void Addresses_are_read_and_shown(string text, string shown)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(shown, address.ToString());
    }

    [Theory]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("::FFFF:192.0.2.1")]
    [InlineData("::ffff:c000:201")]
    [InlineData("0:0:0:0:0:ffff:192.0.2.1")]
    public void A_mapped_address_is_the_IPv4_address_that_it_is(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(IpFamily.IPv4, address.Family);
        Assert.Equal(IpAddress.FromIPv4(0xc000_0201), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("...")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.")]
    [InlineData("1.2.3.4.")]
    [InlineData(".1.2.3.4")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.2.3")]
    [InlineData("300.1.2.3")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.-4")]
    [InlineData("1.2.3.+4")]
    [InlineData("1.2.3. 4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.01")]
    [InlineData("10.0.0.00")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("1.2.3.0004")]
    [InlineData("1.2.3.٤")]
    [InlineData("1.2.3.4/32")]
    [InlineData("1.2.3.4:53")]
    [InlineData("one.two.three.four")]
    [InlineData("localhost")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::12345")]
    [InlineData("::g")]
    [InlineData("::1/64")]
    [InlineData("::1%eth0")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:53")]
    [InlineData("::ffff:300.1.2.3")]
    [InlineData("::ffff:010.1.2.3")]
    [InlineData("::ffff:1.2.3.010")]
    [InlineData("::ffff:1.2.3")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(default, address);
    }

    [Theory]
    [InlineData("127.0.0.0", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.255.255", true)]
    [InlineData("126.255.255.255", false)]
    [InlineData("128.0.0.0", false)]
    [InlineData("0.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.53", true)]
    [InlineData("::", false)]
    [InlineData("::2", false)]
    [InlineData("::127.0.0.1", false)]
    public void Loopback_is_127_8_and_one(string text, bool expected) => Assert.Equal(expected, Bytes.Address(text).IsLoopback);

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("::ffff:0.0.0.0", true)]
    [InlineData("0.0.0.1", false)]
    [InlineData("::1", false)]
    public void Unspecified_is_all_zero(string text, bool expected) => Assert.Equal(expected, Bytes.Address(text).IsUnspecified);

    [Theory]
    [InlineData("223.255.255.255", false)]
    [InlineData("224.0.0.0", true)]
    [InlineData("239.255.255.255", true)]
    [InlineData("240.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("feff::1", false)]
    [InlineData("ff00::", true)]
    [InlineData("ff02::1", true)]
    [InlineData("ffff::1", true)]
    [InlineData("::ffff:224.0.0.251", true)]
    public void Multicast_is_224_4_and_ff00_8(string text, bool expected) => Assert.Equal(expected, Bytes.Address(text).IsMulticast);

    [Theory]
    [InlineData("255.255.255.255", true)]
    [InlineData("::ffff:255.255.255.255", true)]
    [InlineData("255.255.255.254", false)]
    [InlineData("::ffff:ffff", false)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false)]
    public void Broadcast_is_all_ones_of_IPv4(string text, bool expected) => Assert.Equal(expected, Bytes.Address(text).IsBroadcast);

    [Theory]
    [InlineData("fe7f:ffff::1", false)]
    [InlineData("fe80::", true)]
    [InlineData("febf:ffff::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("ff00::1", false)]
    [InlineData("ff01::1", true)]
    [InlineData("ff02::1", true)]
    [InlineData("ff12::1", true)]
    [InlineData("ff03::1", false)]
    [InlineData("ff05::1", false)]
    [InlineData("ff0e::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("169.254.0.1", false)]
    [InlineData("224.0.0.1", false)]
    public void A_scope_id_is_needed_on_one_link_only(string text, bool expected) => Assert.Equal(expected, Bytes.Address(text).NeedsScopeId);

    [Fact]
    public void The_loopback_of_a_family_is_of_that_family()
    {
        Assert.Equal(Bytes.Address("127.0.0.1"), IpAddress.Loopback(IpFamily.IPv4));
        Assert.Equal(Bytes.Address("::1"), IpAddress.Loopback(IpFamily.IPv6));
    }

    [Fact]
    public void The_same_number_is_another_address_in_the_other_family() =>
        Assert.NotEqual(Bytes.Address("0.0.0.1"), Bytes.Address("::1"));

    [Fact]
    public void Bytes_written_are_in_network_order()
    {
        byte[] in4 = new byte[4], in16 = new byte[16], mapped = new byte[16];
        Bytes.Address("192.0.2.17").WriteInAddr(in4);
        Bytes.Address("2001:db8::1:2").WriteIn6Addr(in16);
        Bytes.Address("192.0.2.17").WriteIn6Addr(mapped);

        Assert.Equal([192, 0, 2, 17], in4);
        Assert.Equal([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2], in16);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 17], mapped);
    }

    [Fact]
    public void Random_addresses_survive_text_and_bytes()
    {
        var random = new Random(4_291);
        byte[] bytes = new byte[16];
        for (int round = 0; round < 20_000; round++)
        {
            IpAddress address = RandomInput.Address(random);
            address.WriteIn6Addr(bytes);

            Assert.Equal(address, Bytes.Address(address.ToString()));
            Assert.Equal(address, IpAddress.FromIn6Addr(bytes));
            if (address.Family == IpFamily.IPv4)
            {
                address.WriteInAddr(bytes);
                Assert.Equal(address, IpAddress.FromInAddr(bytes));
                Assert.Equal(new IPAddress(bytes[..4]).ToString(), address.ToString());
            }
        }
    }

    [Fact]
    public void Random_text_never_throws_and_what_is_read_is_shown_readable()
    {
        var random = new Random(5_952);
        for (int round = 0; round < 50_000; round++)
        {
            if (IpAddress.TryParse(RandomInput.Text(random, 20), out IpAddress address))
            {
                Assert.Equal(address, Bytes.Address(address.ToString()));
            }
        }
    }
}
