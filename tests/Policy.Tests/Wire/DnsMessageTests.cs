using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class DnsMessageTests
{
    private const ushort Id = 0x1234;

    [Fact]
    public void A_question_has_the_bytes_of_RFC_1035_and_says_how_long_an_answer_may_be()
    {
        byte[] buffer = [.. Enumerable.Repeat((byte)0xff, DnsMessage.MaximumQuestion)];
        int length = DnsMessage.WriteQuestion(buffer, Id, "nas.example", IpFamily.IPv6);

        Assert.Equal("1234 0100 0001 0000 0000 0001 036E6173 076578616D706C65 00 001C 0001 00 0029 04D0 00000000 0000".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(buffer[..length]));
    }

    [Fact]
    public void The_longest_name_fits()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        Assert.True(HostName.IsValid(name));
        Assert.InRange(DnsMessage.WriteQuestion(new byte[DnsMessage.MaximumQuestion], Id, name, IpFamily.IPv4), name.Length, DnsMessage.MaximumQuestion);
    }

    [Fact]
    public void Addresses_are_read_with_the_least_time_to_live()
    {
        DnsMessageAnswer answer = Read(Message(0x8180, Record(Pointer, 1, 60, 192, 0, 2, 1), Record(Pointer, 1, 30, 192, 0, 2, 2), Record(Pointer, 16, 1, 1, 65)));

        Assert.Equal(["192.0.2.1", "192.0.2.2"], answer.Addresses.Select(address => address.ToString()));
        Assert.Equal((0, false, 30u, null), (answer.Code, answer.IsTruncated, answer.TimeToLive, answer.Alias));
    }

    [Fact]
    public void An_alias_is_followed_and_its_time_counts()
    {
        DnsMessageAnswer answer = Read(Message(
            0x8180, Record(Pointer, 5, 20, Name("a.example")), Record(Name("b.example"), 1, 50, 192, 0, 2, 1), Record(Name("A.example"), 5, 10, Name("b.example")), Record(Name("c.example"), 1, 1, 192, 0, 2, 9)));

        Assert.Equal(("192.0.2.1", 10u, null), (Assert.Single(answer.Addresses).ToString(), answer.TimeToLive, answer.Alias));
    }

    [Fact]
    public void An_alias_without_addresses_is_to_be_asked_for()
    {
        DnsMessageAnswer answer = Read(Message(0x8180, Record(Pointer, 5, 20, Name("a.example"))));

        Assert.Equal((0, "a.example", 20u), (answer.Addresses.Count, answer.Alias, answer.TimeToLive));
    }

    [Fact]
    public void Aliases_in_a_circle_end() =>
        Assert.Empty(Read(Message(0x8180, Record(Pointer, 5, 20, Name("a.example")), Record(Name("a.example"), 5, 20, Name("nas.example")))).Addresses);

    [Theory]
    [InlineData(0x8183, 3, false)]
    [InlineData(0x8182, 2, false)]
    [InlineData(0x8380, 0, true)]
    public void What_the_server_says_of_it_is_told(int flags, int code, bool isTruncated)
    {
        DnsMessageAnswer answer = Read(Message((ushort)flags));
        Assert.Equal((code, isTruncated, 0), (answer.Code, answer.IsTruncated, answer.Addresses.Count));
    }

    [Fact]
    public void A_time_beyond_what_is_allowed_counts_as_none() =>
        Assert.Equal(0u, Read(Message(0x8180, Record(Pointer, 1, 0x8000_0001, 192, 0, 2, 1))).TimeToLive);

    [Theory]
    [InlineData(0x1235, 0x8180, "nas.example", 1)]
    [InlineData(Id, 0x0100, "nas.example", 1)]
    [InlineData(Id, 0x8180, "other.example", 1)]
    [InlineData(Id, 0x8180, "nas.example", 28)]
    public void Another_question_s_answer_is_none(int id, int flags, string name, int type)
    {
        byte[] message = Message((ushort)flags, name, (ushort)type, Record(Pointer, 1, 60, 192, 0, 2, 1));
        Assert.False(DnsMessage.TryReadAnswer(message, (ushort)id, "nas.example", IpFamily.IPv4, out _));
    }

    [Fact]
    public void The_letters_of_a_name_may_be_small_or_great() =>
        Assert.True(DnsMessage.TryReadAnswer(Message(0x8180, "NAS.Example", 1), Id, "nas.example", IpFamily.IPv4, out _));

    [Fact]
    public void What_is_cut_or_leads_in_a_circle_is_no_answer_and_random_bytes_do_no_harm()
    {
        byte[] whole = Message(0x8180, Record(Pointer, 1, 60, 192, 0, 2, 1));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(DnsMessage.TryReadAnswer(whole.AsSpan(0, length), Id, "nas.example", IpFamily.IPv4, out _));
        }

        byte[] circle = Message(0x8180, Record([0xc0, 29], 1, 60, 192, 0, 2, 1));
        Assert.False(DnsMessage.TryReadAnswer(circle, Id, "nas.example", IpFamily.IPv4, out _));
        var random = new Random(1035);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = [.. Message(0x8180, Record(Pointer, 5, 20, Name("a.example")), Record(Name("a.example"), 1, 20, 192, 0, 2, 1))];
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
            }

            DnsMessage.TryReadAnswer(bytes, Id, "nas.example", IpFamily.IPv4, out _);
        }
    }

    private static readonly byte[] Pointer = [0xc0, 12];

    private static DnsMessageAnswer Read(byte[] message)
    {
        Assert.True(DnsMessage.TryReadAnswer(message, Id, "nas.example", IpFamily.IPv4, out DnsMessageAnswer answer));
        return answer;
    }

    private static byte[] Message(ushort flags, params byte[][] records) => Message(flags, "nas.example", 1, records);

    private static byte[] Message(ushort flags, string name, ushort type, params byte[][] records) =>
        [0x12, 0x34, (byte)(flags >> 8), (byte)flags, 0, 1, 0, (byte)records.Length, 0, 0, 0, 0, .. Name(name), 0, (byte)type, 0, 1, .. records.SelectMany(record => record)];

    private static byte[] Record(byte[] owner, ushort type, uint seconds, params byte[] data) =>
        [.. owner, 0, (byte)type, 0, 1, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds, 0, (byte)data.Length, .. data];

    private static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
