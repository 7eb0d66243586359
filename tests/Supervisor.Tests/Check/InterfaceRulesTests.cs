using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using static BindToInterface.Supervisor.Tests.Check.FakeNetwork;

namespace BindToInterface.Supervisor.Tests.Check;

public sealed class InterfaceRulesTests
{
    [Fact]
    public void One_that_is_up_with_addresses_is_ok() =>
        Assert.All(InterfaceRules.Judge("ovpn", new FakeNetwork()), finding => Assert.Equal(FindingState.Ok, finding.State));

    [Theory]
    [InlineData("OVPN", "ovpn")]
    [InlineData("nosuch0", null)]
    public void One_that_is_absent_is_a_problem_and_a_name_that_may_be_meant_is_the_remedy(string name, string? meant)
    {
        Finding finding = Assert.Single(InterfaceRules.Judge(name, new FakeNetwork()));

        Assert.Equal($"interface {name}: no such device; connections are refused until it appears; existing interfaces: lo, lan0, ovpn", finding.Text);
        Assert.True(finding.IsAbsence);
        Assert.Equal(meant, finding.Option?.Value);
        Assert.Equal(meant is null ? null : Setting.Interface, finding.Option?.Setting);
    }

    [Fact]
    public void It_is_found_by_an_alternative_name()
    {
        var network = new FakeNetwork();
        network.Links[2] = network.Links[2] with { OtherNames = ["vpnalt"] };

        Assert.All(InterfaceRules.Judge("vpnalt", network), finding => Assert.Equal(FindingState.Ok, finding.State));
    }

    [Theory]
    [InlineData(Down, "ip link set ovpn up")]
    [InlineData(NoCarrier, null)]
    public void One_that_is_down_or_without_a_carrier_is_a_problem(uint flags, string? command)
    {
        Finding finding = Assert.Single(Problems(new FakeNetwork().With(Ovpn, flags)));

        Assert.Equal(command, finding.Command);
    }

    [Fact]
    public void Without_an_address_nothing_works()
    {
        var network = new FakeNetwork();
        network.Addresses.RemoveAll(address => address.InterfaceIndex == Ovpn && !address.Address.NeedsScopeId);

        Assert.Contains("has no address", Assert.Single(Problems(network)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_IPv4_address_another_interface_s_would_be_used()
    {
        var network = new FakeNetwork();
        network.Addresses.RemoveAll(address => address.Address == Ip("10.8.0.2"));
        Assert.Equal("ip address add ADDRESS/PREFIX dev ovpn", Assert.Single(Problems(network)).Command);

        network.Addresses.RemoveAll(address => address.Address == Ip("192.168.77.2"));
        Assert.Empty(Problems(network));
        Assert.Contains(InterfaceRules.Judge("ovpn", network), finding => finding.State == FindingState.Warning);
    }

    [Theory]
    [InlineData(0x40u)]
    [InlineData(0x08u)]
    public void Without_an_IPv6_address_that_can_be_used_is_a_warning_that_a_run_does_not_tell(uint flags)
    {
        var network = new FakeNetwork();
        int at = network.Addresses.FindIndex(address => address.Address == Ip("fd00:8::2"));
        network.Addresses[at] = network.Addresses[at] with { Flags = flags };

        Finding finding = Assert.Single(InterfaceRules.Judge("ovpn", network), finding => finding.State != FindingState.Ok);
        Assert.Equal((FindingState.Warning, false), (finding.State, finding.IsToldAtStart));
    }

    private static IEnumerable<Finding> Problems(FakeNetwork network) =>
        InterfaceRules.Judge("ovpn", network).Where(finding => finding.State == FindingState.Problem);
}
