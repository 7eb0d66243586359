using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Lifetime;
using BindToInterface.Supervisor.Tests.Check;

namespace BindToInterface.Supervisor.Tests.Lifetime;

/// <summary>When <c>--wait-interface</c> takes an interface for ready.</summary>
public sealed class InterfaceWaitTests
{
    private const uint Permanent = 0x80, Tentative = 0x40, Failed = 0x48;

    [Theory]
    [InlineData("nosuch0", "interface nosuch0 does not exist")]
    [InlineData("ovpn", null)]
    [InlineData("vpn1", null)]
    public void An_interface_is_known_by_each_of_its_names(string name, string? why)
    {
        var network = new FakeNetwork();
        network.Links[^1] = network.Links[^1] with { OtherNames = ["vpn1"] };

        Assert.Equal(why, InterfaceWait.WhyNotReady(name, network));
    }

    [Theory]
    [InlineData(FakeNetwork.Down, "10.0.0.1", Permanent, "is down")]
    [InlineData(FakeNetwork.NoCarrier, "10.0.0.1", Permanent, "has no carrier")]
    [InlineData(FakeNetwork.Ethernet, null, 0u, "has no address")]
    [InlineData(FakeNetwork.Ethernet, "fe80::1", Permanent, "has no address")]
    [InlineData(FakeNetwork.Ethernet, "2001:db8::1", Tentative, "has no address")]
    [InlineData(FakeNetwork.Ethernet, "2001:db8::1", Failed, "has no address")]
    [InlineData(FakeNetwork.Ethernet, "2001:db8::1", Permanent, null)]
    [InlineData(FakeNetwork.Tunnel, "10.0.0.1", Permanent, null)]
    public void It_is_ready_when_it_is_up_with_an_address(uint flags, string? address, uint addressFlags, string? why)
    {
        var network = new FakeNetwork();
        network.Links.Add(new LinkEntry(9, "later0", flags));
        if (address is not null)
        {
            network.Addresses.Add(new AddressEntry(9, FakeNetwork.Ip(address), 64) { Flags = addressFlags });
        }

        Assert.Equal(why is null ? null : $"interface later0 {why}", InterfaceWait.WhyNotReady("later0", network));
    }
}
