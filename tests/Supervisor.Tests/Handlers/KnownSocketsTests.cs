using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Sockets;
using Xunit;

namespace BindToInterface.Supervisor.Tests.Handlers;

public sealed class KnownSocketsTests
{
    private const ulong LargestCookie = (1UL << 45) - 1;

    private readonly KnownSockets known = new();

    public static TheoryData<ulong, int, int?, bool?, bool?, bool> Facts => new()
    {
        { 1, Linux.SOCK_STREAM, Linux.IPPROTO_TCP, true, true, false },
        { 2, Linux.SOCK_DGRAM, Linux.IPPROTO_UDP, false, true, true },
        { 3, Linux.SOCK_SEQPACKET, Linux.IPPROTO_SCTP, null, false, false },
        { 4, Linux.SOCK_RAW, 255, false, null, true },
        // A raw socket of protocol 0, and one of which nothing is known.
        { 5, Linux.SOCK_RAW, 0, null, null, false },
        { 6, 0, null, null, null, false },
        { LargestCookie, 10, 262, true, false, true },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public void What_is_remembered_is_found(ulong cookie, int type, int? protocol, bool? isTcp, bool? isOurs, bool wasServer)
    {
        known.Remember(new() { Cookie = cookie, Type = type, Protocol = protocol, IsTcp = isTcp, IsOfOurNamespace = isOurs, WasServer = wasServer });

        KnownSockets.Entry found = known.Find(cookie);

        Assert.Equal((cookie, type, protocol, isTcp, isOurs, wasServer), (found.Cookie, found.Type, found.Protocol, found.IsTcp, found.IsOfOurNamespace, found.WasServer));
    }

    [Fact]
    public void Of_another_socket_nothing_is_known()
    {
        known.Remember(new() { Cookie = 7, Type = Linux.SOCK_STREAM, IsTcp = true, IsOfOurNamespace = true });

        // The second has the same place in the table.
        foreach (ulong other in (ulong[])[8, 7 + 1024, 7 + (1UL << 40)])
        {
            KnownSockets.Entry found = known.Find(other);
            Assert.Equal((other, 0, null, null, null), (found.Cookie, found.Type, found.Protocol, found.IsTcp, found.IsOfOurNamespace));
        }
    }

    [Fact]
    public void A_cookie_that_does_not_fit_is_no_others()
    {
        ulong large = LargestCookie + 1 + 7;
        known.Remember(new() { Cookie = large, Type = Linux.SOCK_STREAM, IsOfOurNamespace = true });

        Assert.Equal(0, known.Find(large).Type);
        Assert.Equal(0, known.Find(7).Type);
    }

    [Fact]
    public void Without_a_cookie_nothing_is_remembered()
    {
        known.Remember(new() { Type = Linux.SOCK_STREAM, IsOfOurNamespace = true });

        Assert.Null(known.Find(0).IsOfOurNamespace);
    }

    [Fact]
    public void A_protocol_that_does_not_fit_is_not_known()
    {
        known.Remember(new() { Cookie = 9, Type = Linux.SOCK_RAW, Protocol = 511 });

        Assert.Equal((Linux.SOCK_RAW, null), (known.Find(9).Type, known.Find(9).Protocol));
    }

    [Theory]
    [InlineData(SocketType.Stream, 0, true)]
    [InlineData(SocketType.Stream, Linux.IPPROTO_TCP, true)]
    [InlineData(SocketType.Dgram, 0, false)]
    [InlineData(SocketType.Dgram, Linux.IPPROTO_UDP, false)]
    public void Of_a_socket_that_was_made_here_is_known_what_the_kernel_would_say(SocketType type, int protocol, bool isTcp)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, (ProtocolType)protocol);
        var duplicate = new DuplicatedSocket((int)socket.Handle);

        known.Made(KnownSockets.CookieOf(duplicate), new SocketRequest(Linux.AF_INET, duplicate.Type, protocol));

        KnownSockets.Entry found = known.Look(duplicate, isLookedUp: true);
        Assert.Equal(
            (duplicate.Type, duplicate.GetOption(Linux.SOL_SOCKET, Tmds.Linux.LibC.SO_PROTOCOL), duplicate.TcpState is not null, true),
            (found.Type, found.Protocol, found.IsTcp, found.IsOfOurNamespace));
        Assert.Equal(isTcp, found.IsTcp);
    }
}
