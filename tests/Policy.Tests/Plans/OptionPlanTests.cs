using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>What socket options say, held against socket and interface.</summary>
public sealed class OptionPlanTests
{
    private static SocketOptionVerdict Plan(SocketOptionVerdict verdict, Facts? facts = null, TrafficPolicy? policy = null)
    {
        facts ??= new Facts();
        return OptionPlan.Make(policy ?? Policies.Of(), verdict, ref facts);
    }

    [Theory]
    [InlineData("tunnel", SocketOptionAction.Bind)]
    [InlineData("lan0", SocketOptionAction.Refuse)]
    [InlineData("none", SocketOptionAction.Refuse)]
    public void A_device_is_the_interface_by_any_of_its_names(string name, SocketOptionAction action) =>
        Assert.Equal(action, Plan(new(SocketOptionAction.CheckDevice) { Device = name }).Action);

    [Fact]
    public void Where_the_interface_is_gone_no_name_is_its_own() => Assert.Equal(
        SocketOptionAction.Refuse, Plan(new(SocketOptionAction.CheckDevice) { Device = "none" }, new Facts { OvpnIsGone = true }).Action);

    [Theory]
    [InlineData("192.0.2.7", SocketOptionAction.Continue)]
    [InlineData("198.51.100.3", SocketOptionAction.Refuse)]
    public void An_address_is_the_interface_s(string address, SocketOptionAction action) =>
        Assert.Equal(action, Plan(new(SocketOptionAction.CheckAddress) { Address = Bytes.Address(address) }).Action);

    [Theory]
    [InlineData(0u, null, SocketOptionAction.Continue)]
    [InlineData(0u, "10.1.2.3", SocketOptionAction.Refuse)]
    [InlineData(0u, "?", SocketOptionAction.Refuse)]
    [InlineData(Facts.Ovpn, "203.0.113.9", SocketOptionAction.Continue)]
    public void Headers_may_be_written_unless_the_connection_is_unbound(uint bound, string? peer, SocketOptionAction action) => Assert.Equal(
        action, Plan(new(SocketOptionAction.CheckConnection), new Facts { Bound = bound, Peer = peer }).Action);

    [Theory]
    [InlineData(SocketOptionAction.Membership)]
    [InlineData(SocketOptionAction.SourceFilter)]
    public void A_group_is_joined_on_the_interface_or_not_at_all(SocketOptionAction action)
    {
        Assert.Equal(Facts.Ovpn, Plan(new(action) { Interface = "ovpn" }).Index);
        SocketOptionVerdict gone = Plan(new(action) { Interface = "ovpn" }, new Facts { OvpnIsGone = true });
        Assert.Equal((SocketOptionAction.Refuse, Errno.ENODEV), (gone.Action, gone.Error));
    }

    [Theory]
    [InlineData(SocketOptionAction.Continue)]
    [InlineData(SocketOptionAction.Refuse)]
    [InlineData(SocketOptionAction.Bind)]
    [InlineData(SocketOptionAction.BindThenContinue)]
    public void What_needs_no_check_asks_for_nothing(SocketOptionAction action)
    {
        var facts = new Facts();
        Assert.Equal(action, Plan(new(action), facts).Action);
        Assert.Equal("", facts.Read);
    }
}
