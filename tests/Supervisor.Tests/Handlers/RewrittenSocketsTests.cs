using System.Net.Sockets;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Tests.Sockets;

namespace BindToInterface.Supervisor.Tests.Handlers;

/// <summary>Which server a program asked, by its socket.</summary>
public sealed class RewrittenSocketsTests
{
    private readonly RewrittenSockets rewritten = new();

    [Fact]
    public void A_socket_is_found_by_whatever_descriptor_and_another_is_not()
    {
        using var asked = new OwnSocket(SocketType.Dgram);
        using var other = new OwnSocket(SocketType.Dgram);
        Assert.True(rewritten.IsEmpty);

        rewritten.Remember(asked.Duplicate, Entry(1));

        Assert.False(rewritten.IsEmpty);
        Assert.True(rewritten.TryFind(asked.Duplicate, out RewrittenSockets.Entry found));
        Assert.Equal(Entry(1), found);
        Assert.False(rewritten.TryFind(other.Duplicate, out _));
    }

    [Fact]
    public void What_it_asked_last_counts()
    {
        using var asked = new OwnSocket(SocketType.Dgram);
        rewritten.Remember(asked.Duplicate, Entry(1));

        rewritten.Remember(asked.Duplicate, Entry(2));

        Assert.True(rewritten.TryFind(asked.Duplicate, out RewrittenSockets.Entry found));
        Assert.Equal(Entry(2), found);
    }

    [Fact]
    public void Forgotten_its_replies_keep_their_source()
    {
        using var asked = new OwnSocket(SocketType.Dgram);
        rewritten.Remember(asked.Duplicate, Entry(1));

        rewritten.Forget(asked.Duplicate);

        Assert.True(rewritten.TryFind(asked.Duplicate, out RewrittenSockets.Entry found));
        Assert.Equal(found.Actual, found.Original);
    }

    [Fact]
    public void The_oldest_gives_way_once_there_are_very_many()
    {
        const int Many = 1024;
        using var first = new OwnSocket(SocketType.Dgram);
        using var last = new OwnSocket(SocketType.Dgram);
        rewritten.Remember(first.Duplicate, Entry(1));
        for (int i = 1; i < Many; i++)
        {
            using var between = new OwnSocket(SocketType.Dgram);
            rewritten.Remember(between.Duplicate, Entry(2));
        }

        Assert.True(rewritten.TryFind(first.Duplicate, out _));

        rewritten.Remember(last.Duplicate, Entry(3));

        Assert.False(rewritten.TryFind(first.Duplicate, out _));
        Assert.True(rewritten.TryFind(last.Duplicate, out _));
    }

    private static RewrittenSockets.Entry Entry(byte number) => new(
        new Endpoint(IpAddress.FromIPv4(0xc000_0200u + number), 53), new Endpoint(IpAddress.FromIPv4(0xcb00_7136), 53), 0, 0);
}
