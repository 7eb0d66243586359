using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>Of this machine it is known only that its loopback interface has the usual addresses.</summary>
public sealed class InterfaceAddressesTests
{
    private static readonly IpAddress Loopback = IpAddress.Loopback(IpFamily.IPv4);

    [Fact]
    public void An_address_of_the_interface_itself_is_not_another_s()
    {
        using var binder = new InterfaceBinder();

        Assert.False(binder.Addresses.IsOfAnother("lo", Loopback));
        Assert.True(binder.Addresses.IsOfAnother("not-there", Loopback));
        Assert.False(binder.Addresses.IsOfAnother("not-there", IpAddress.FromIPv4(0xc000_0201)));
    }

    [Fact]
    public void The_highest_address_of_a_network_is_for_broadcasts_and_none_that_somebody_has()
    {
        using var binder = new InterfaceBinder();

        Assert.True(binder.Addresses.IsBroadcast(IpAddress.FromIPv4(0x7fff_ffff)));
        Assert.False(binder.Addresses.IsBroadcast(Loopback));
    }
}
