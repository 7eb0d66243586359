using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>Sends that connect: TCP Fast Open, SCTP.</summary>
public sealed class StreamPlanTests
{
    private const string Web = "203.0.113.9";
    private const string Excluded = "10.1.2.3";
    private const int Sctp = 132;

    private static readonly TrafficPolicy Policy = Policies.Of(exclude: "10.0.0.0/8");

    private static string Plan(Facts facts, string destination, int flags = Linux.MSG_FASTOPEN, byte[]? control = null, TrafficPolicy? policy = null) =>
        Planned.Text(StreamPlan.Make(
            policy ?? Policy, new MessageNames(destination.Length == 0 ? [] : Bytes.For(destination, 443), control, AbiLayout.Bits64), flags, ref facts));

    private static Facts Tcp(string local = "0.0.0.0", bool inUse = false) =>
        new() { SocketType = Linux.SOCK_STREAM, SocketProtocol = Linux.IPPROTO_TCP, LocalText = local, IsConnecting = inUse };

    private static Facts Many(string? peer = null) => new() { SocketType = Linux.SOCK_SEQPACKET, SocketProtocol = Sctp, Peer = peer };

    [Fact]
    public void Fast_open_is_bound_first() => Assert.Equal("Bind, AsIs", Plan(Tcp(), Web));

    [Fact]
    public void TCP_ignores_the_address_without_fast_open() => Assert.Equal("KernelRefuses", Plan(Tcp(), Excluded, flags: 0));

    [Fact]
    public void SCTP_connects_to_the_address() =>
        Assert.Equal("Bind, AsIs", Plan(new Facts { SocketType = Linux.SOCK_STREAM, SocketProtocol = Sctp }, Web, flags: 0));

    [Fact]
    public void A_connection_stays_what_it_is() => Assert.Equal("KernelRefuses", Plan(Tcp("192.0.2.7", inUse: true), Excluded));

    [Fact]
    public void An_excluded_destination_has_the_socket_free()
    {
        Assert.Equal("AsIs", Plan(Tcp(), Excluded));
        Assert.Equal("Unbind, AsIs", Plan(new Facts { SocketType = Linux.SOCK_STREAM, Bound = Facts.Ovpn }, Excluded));
    }

    [Fact]
    public void An_address_of_another_family_is_the_kernel_s_to_refuse() => Assert.Equal("KernelRefuses", Plan(Tcp(), "2001:db8::1"));

    [Fact]
    public void Control_messages_may_not_name_another_way()
    {
        byte[] pktinfo = new ControlBuffer(AbiLayout.Bits64)
            .Add(ControlBuffer.SolIp, ControlBuffer.IpPktinfo, ControlBuffer.InPktinfo(Facts.Lan0)).Pad().ToArray();
        byte[] invalid = new ControlBuffer(AbiLayout.Bits64).AddClaiming(4, ControlBuffer.SolIp, ControlBuffer.IpPktinfo, new byte[12]).ToArray();

        Assert.Equal("EPERM", Plan(Many(), Web, 0, pktinfo));
        Assert.Equal("EPERM", Plan(Many(peer: Web), "", 0, pktinfo));
        Assert.Equal("AsIs", Plan(Many(peer: Web), ""));
        Assert.Equal("AsIs", Plan(Many(), "", 0, pktinfo));
        Assert.Equal("Invalid", Plan(Many(), Web, 0, invalid));
    }

    [Fact]
    public void A_source_of_another_interface_is_refused() => Assert.Equal("EADDRNOTAVAIL!", Plan(Tcp("198.51.100.3"), Web));

    [Fact]
    public void A_source_of_the_user_s_choice_is_taken() =>
        Assert.Equal("Bind, TakeSource, AsIs", Plan(Tcp(), Web, policy: Policies.Of(source: "192.0.2.7")));

    [Fact]
    public void Loopback_is_refused() => Assert.Equal("ENETUNREACH!", Plan(Tcp(), "127.0.0.1"));
}
