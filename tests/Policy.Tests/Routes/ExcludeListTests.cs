using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests.Routes;

public sealed class ExcludeListTests
{
    [Fact]
    public void An_empty_list_excludes_nothing()
    {
        foreach (ExcludeList list in new[] { ExcludeList.Empty, Parse(""), Parse(" "), Parse(","), Parse(" , ,") })
        {
            Assert.True(list.IsEmpty);
            Assert.False(list.Contains(Bytes.Address("127.0.0.1")));
            Assert.False(list.Contains(Bytes.Address("::1")));
            Assert.False(list.Contains(default));
        }
    }

    [Theory]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.168.0.2", false)]
    [InlineData("10.9.8.7", true)]
    [InlineData("11.9.8.7", false)]
    [InlineData("172.16.4.200", true)]
    [InlineData("172.16.5.0", false)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    [InlineData("2001:db8:ffff::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData("::ffff:10.1.1.1", true)]
    [InlineData("::ffff:11.1.1.1", false)]
    public void Any_item_of_a_list_excludes(string address, bool expected)
    {
        ExcludeList list = Parse(" 192.168.0.1, 10. ,172.16.4,loopback ,2001:db8::/32,");

        Assert.False(list.IsEmpty);
        Assert.Equal(expected, list.Contains(Bytes.Address(address)));
    }

    [Theory]
    [InlineData("126.255.255.255", false)]
    [InlineData("127.0.0.0", true)]
    [InlineData("127.255.255.255", true)]
    [InlineData("128.0.0.0", false)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::", false)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    [InlineData("0.0.0.0", false)]
    public void The_word_loopback_is_127_8_and_one(string address, bool expected)
    {
        Assert.Equal(expected, Parse("loopback").Contains(Bytes.Address(address)));
        Assert.Equal(expected, Parse("LoopBack").Contains(Bytes.Address(address)));
    }

    [Theory]
    [InlineData("300.1.2.3", "300.1.2.3")]
    [InlineData("10.0.0.0/40", "10.0.0.0/40")]
    [InlineData("10.0.0.0/8,300.1.2.3,loopback", "300.1.2.3")]
    [InlineData("010.0.0.0/8", "010.0.0.0/8")]
    [InlineData("10, 192.168.0.1. ,300", "192.168.0.1.")]
    [InlineData("loopbac", "loopbac")]
    [InlineData("loopback.", "loopback.")]
    [InlineData("localhost", "localhost")]
    [InlineData("lann", "lann")]
    [InlineData("lan.", "lan.")]
    [InlineData("192.168.x", "192.168.x")]
    [InlineData("192.168.xx", "192.168.xx")]
    [InlineData("192.168.0.1O", "192.168.0.1O")]
    [InlineData("nas.example..org", "nas.example..org")]
    [InlineData("nas.example.org..", "nas.example.org..")]
    [InlineData("-nas.example.org", "-nas.example.org")]
    [InlineData("nas.example.org/24", "nas.example.org/24")]
    [InlineData("10 11", "10 11")]
    [InlineData("10;11", "10;11")]
    public void A_bad_item_is_named_with_what_is_accepted_and_nothing_is_excluded(string text, string item)
    {
        Assert.False(ExcludeList.TryParse(text, out ExcludeList list, out string error));

        Assert.True(list.IsEmpty);
        Assert.Equal(
            $"'{item}' is not a destination; accepted are addresses (192.0.2.1, 2001:db8::1), "
            + "networks (192.0.2.0/24, 2001:db8::/32), leading octets (192.168, 192.168.) and the word loopback, "
            + "the word lan, and host names with their domain (nas.example.org) or of /etc/hosts",
            error);
    }

    [Theory]
    [InlineData("nas.example.org", "nas.example.org")]
    [InlineData("NAS.Example.org.", "nas.example.org")]
    [InlineData("163.com,10.,lan", "163.com")]
    [InlineData("_x.a-b.xn--p1ai", "_x.a-b.xn--p1ai")]
    [InlineData("1.2.3.example.org", "1.2.3.example.org")]
    [InlineData("nas.example.org,nas.example.org", "nas.example.org")]
    public void A_name_with_its_domain_is_a_host(string text, string name)
    {
        ExcludeList list = Parse(text);

        Assert.Equal([name], list.Names);
        Assert.False(list.IsEmpty);
        Assert.Equal(text.Contains("lan", StringComparison.Ordinal), list.HasLan);
    }

    [Fact]
    public void A_name_without_domain_is_one_where_the_host_knows_it()
    {
        Assert.True(ExcludeList.TryParse("nas,LAN", name => name == "nas", out ExcludeList list, out _));
        Assert.Equal(["nas"], list.Names);
        Assert.True(list.HasLan);
        Assert.False(ExcludeList.TryParse("nas", name => name == "nasa", out _, out string error));
        Assert.StartsWith("'nas' is not a destination; ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_never_throws_and_is_read_or_explained()
    {
        var random = new Random(1_918);
        for (int round = 0; round < 50_000; round++)
        {
            string text = RandomInput.Text(random, 30);
            bool read = ExcludeList.TryParse(text, out ExcludeList list, out string error);

            Assert.True(read == (error.Length == 0), text);
            Assert.True(read || list.IsEmpty, text);
        }
    }

    private static ExcludeList Parse(string text) =>
        ExcludeList.TryParse(text, out ExcludeList list, out string error) ? list : throw new ArgumentException(error);
}
