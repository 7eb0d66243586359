using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>Binding, to the only interface of which it is known that this machine has it.</summary>
public sealed class InterfaceBinderTests
{
    [Fact]
    public void An_interface_has_a_number_and_one_that_is_not_there_has_none()
    {
        using var binder = new InterfaceBinder();

        Assert.NotEqual(0u, binder.IndexOf("lo"));
        Assert.Equal(0u, binder.IndexOf("not-there"));
        Assert.Equal(0u, binder.IndexOf("a-name-that-is-longer-than-any-interface-s"));
    }

    [Fact]
    public void A_socket_is_bound_by_name_and_once_more_to_the_same()
    {
        using var binder = new InterfaceBinder();
        using var udp = new OwnSocket(SocketType.Dgram);
        Assert.Equal(0u, InterfaceBinder.BoundIndex(udp.Duplicate));

        Assert.Equal(Errno.None, binder.Bind(udp.Duplicate, "lo"));
        Assert.Equal(Errno.None, binder.Bind(udp.Duplicate, "lo"));

        Assert.Equal(binder.IndexOf("lo"), InterfaceBinder.BoundIndex(udp.Duplicate));
    }

    [Fact]
    public void By_a_name_that_is_not_there_it_is_not_bound()
    {
        using var binder = new InterfaceBinder();
        using var udp = new OwnSocket(SocketType.Dgram);

        Assert.Equal(Errno.ENODEV, binder.Bind(udp.Duplicate, "not-there"));

        Assert.Equal(0u, InterfaceBinder.BoundIndex(udp.Duplicate));
    }

    [Fact]
    public void By_number_as_well()
    {
        using var binder = new InterfaceBinder();
        using var udp = new OwnSocket(SocketType.Dgram);

        Assert.True(InterfaceBinder.TryBind(udp.Duplicate, binder.IndexOf("lo")));

        Assert.Equal(binder.IndexOf("lo"), InterfaceBinder.BoundIndex(udp.Duplicate));
    }

    [Fact]
    public void A_socket_of_this_process_is_of_this_network_namespace()
    {
        using var binder = new InterfaceBinder();
        using var udp = new OwnSocket(SocketType.Dgram);

        Assert.True(binder.IsOfOurNamespace(udp.Duplicate, Environment.ProcessId));
    }
}
