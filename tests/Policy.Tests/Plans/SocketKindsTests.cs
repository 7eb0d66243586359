using System.Text;
using BindToInterface.Policy.Plans;

namespace BindToInterface.Policy.Tests.Plans;

public sealed class SocketKindsTests
{
    [Theory]
    [InlineData("TCP", SocketKind.Stream)]
    [InlineData("TCPv6", SocketKind.Stream)]
    [InlineData("UNIX", SocketKind.Local)]
    [InlineData("UNIX-STREAM", SocketKind.Local)]
    [InlineData("NETLINK", SocketKind.Local)]
    [InlineData("ALG", SocketKind.Local)]
    [InlineData("UDP", SocketKind.Unknown)]
    [InlineData("UDPv6", SocketKind.Unknown)]
    [InlineData("RAW", SocketKind.Unknown)]
    [InlineData("MPTCP", SocketKind.Unknown)]
    [InlineData("PACKET", SocketKind.Unknown)]
    [InlineData("", SocketKind.Unknown)]
    [InlineData("TCP\0", SocketKind.Unknown)]
    public void A_name_that_is_not_known_may_send_anywhere(string name, SocketKind kind) => Assert.Equal(kind, SocketKinds.Of(Encoding.ASCII.GetBytes(name)));
}
