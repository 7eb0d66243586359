using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class DnsMessageOfAnotherTests
{
    // Header: id, flags (reply), one question, and so many answers.
    private static byte[] Header(byte answers) => [0x12, 0x34, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0];

    private static readonly byte[] QuestionWeb = [.. Name("web", "test"), 0, 1, 0, 1];

    [Fact]
    public void The_addresses_of_the_name_that_was_asked_for_are_read()
    {
        byte[] message = [.. Header(2), .. QuestionWeb, .. Answer([0xc0, 12], 1, [198, 51, 100, 1]), .. Answer([0xc0, 12], 1, [198, 51, 100, 2])];

        Assert.Equal(("web.test", "198.51.100.1 198.51.100.2"), Read(message));
    }

    [Fact]
    public void An_IPv6_address_is_read()
    {
        byte[] address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

        Assert.Equal(("web.test", "2001:db8::1"), Read([.. Header(1), .. QuestionWeb, .. Answer([0xc0, 12], 28, address)]));
    }

    [Fact]
    public void An_alias_is_followed_and_what_belongs_to_another_name_is_not_read()
    {
        byte[] message =
        [
            .. Header(4), .. QuestionWeb,
            .. Answer(Name("other", "test"), 1, [9, 9, 9, 9]),
            .. Answer([0xc0, 12], 5, Name("CDN", "test")),
            .. Answer(Name("cdn", "test"), 5, Name("node", "test")),
            .. Answer(Name("node", "test"), 1, [198, 51, 100, 1]),
        ];

        Assert.Equal(("web.test", "198.51.100.1"), Read(message));
    }

    [Fact]
    public void A_name_is_text_that_no_terminal_obeys()
    {
        byte[] message = [.. Header(0), 6, 0x1b, (byte)'[', (byte)'2', (byte)'J', (byte)'.', 0xff, 0, 0, 1, 0, 1];

        Assert.Equal("\\027\\0912j\\046\\255", Read(message).Name);
    }

    [Theory]
    [InlineData(0x01)] // a question
    [InlineData(0x00)]
    public void A_question_is_no_answer(byte flags)
    {
        byte[] message = [.. Header(0), .. QuestionWeb];
        message[2] = flags;

        Assert.Null(Read(message).Name);
    }

    [Fact]
    public void A_name_that_points_to_itself_or_forward_ends()
    {
        Assert.Null(Read([.. Header(0), 0xc0, 12, 0, 1, 0, 1]).Name);
        Assert.Null(Read([.. Header(0), 1, (byte)'a', 0xc0, 14, 0, 1, 0, 1]).Name);
        Assert.Null(Read([.. Header(0), 0xc0, 200, 0, 1, 0, 1]).Name);
    }

    [Fact]
    public void A_reply_that_is_cut_off_tells_what_is_there()
    {
        byte[] message = [.. Header(2), .. QuestionWeb, .. Answer([0xc0, 12], 1, [198, 51, 100, 1]), .. Answer([0xc0, 12], 1, [198, 51, 100, 2])];
        for (int length = 0; length < message.Length; length++)
        {
            (string? name, string addresses) = Read(message.AsSpan(0, length));
            Assert.True(name is null or "web.test");
            Assert.True(addresses is "" or "198.51.100.1");
        }
    }

    [Fact]
    public void Random_bytes_are_read_to_an_end()
    {
        var random = new Random(53);
        byte[] message = new byte[600];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(message);
            Header((byte)random.Next(256)).CopyTo(message, 0);
            // Labels and pointers in many places.
            for (int i = 0; i < 20; i++)
            {
                message[random.Next(12, message.Length)] = random.GetItems<byte>([0, 1, 3, 0xc0, 12, 63], 1)[0];
            }

            _ = Read(message.AsSpan(0, random.Next(message.Length)));
        }
    }

    private static (string? Name, string Addresses) Read(ReadOnlySpan<byte> message)
    {
        bool isAnswer = DnsMessage.TryReadAnswer(message, out string name, out IReadOnlyList<IpAddress> found);
        return (isAnswer ? name : null, string.Join(' ', found));
    }

    private static byte[] Name(params string[] labels) => [.. labels.SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Answer(byte[] owner, byte type, byte[] data) => [.. owner, 0, type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
}
