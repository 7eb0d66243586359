using System.Net;
using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>A datagram socket's peer, source and port, over the loopback interface.</summary>
public sealed class AssociationTests
{
    [Fact]
    public void Dissolved_a_socket_keeps_the_port_that_the_kernel_chose_and_loses_peer_and_source()
    {
        using OwnSocket server = new OwnSocket(SocketType.Dgram).Bound();
        using var udp = new OwnSocket(SocketType.Dgram);
        udp.Socket.Connect(server.Local);
        LocalAddress name = NameOf(udp);
        ushort port = name.Endpoint.Port;
        Assert.NotEqual(0, port);

        Assert.True(Association.TryDissolve(udp.Duplicate, ref name));

        Assert.Equal(NameOf(udp), name);
        Assert.Equal(port, name.Endpoint.Port);
        Assert.False(name.HasSource);
        Assert.False(udp.Duplicate.IsConnected());
    }

    [Fact]
    public void Dissolved_a_socket_keeps_the_address_that_it_was_bound_to()
    {
        using OwnSocket server = new OwnSocket(SocketType.Dgram).Bound();
        using OwnSocket udp = new OwnSocket(SocketType.Dgram).Bound();
        LocalAddress before = NameOf(udp);
        udp.Socket.Connect(server.Local);
        LocalAddress name = NameOf(udp);

        Assert.True(Association.TryDissolve(udp.Duplicate, ref name));

        Assert.Equal(before, name);
        Assert.Equal(before, NameOf(udp));
    }

    [Fact]
    public void What_was_noted_is_made_again()
    {
        using OwnSocket first = new OwnSocket(SocketType.Dgram).Bound();
        using OwnSocket second = new OwnSocket(SocketType.Dgram).Bound();
        using var udp = new OwnSocket(SocketType.Dgram);
        udp.Socket.Connect(first.Local);
        LocalAddress before = NameOf(udp);
        Association noted = Association.Of(udp.Duplicate, before);
        Assert.True(noted is { IsNoted: true, HasPeer: true });
        LocalAddress name = before;
        Assert.True(Association.TryDissolve(udp.Duplicate, ref name));
        udp.Socket.Connect(second.Local);

        noted.Restore(udp.Duplicate);

        Assert.True(udp.Duplicate.TryGetPeer(out Sockaddr peer));
        Assert.Equal((ushort)first.Local.Port, peer.Endpoint.Port);
        Assert.Equal(before, NameOf(udp));
    }

    [Fact]
    public void Nothing_noted_changes_nothing()
    {
        using OwnSocket server = new OwnSocket(SocketType.Dgram).Bound();
        using var udp = new OwnSocket(SocketType.Dgram);
        udp.Socket.Connect(server.Local);

        default(Association).Restore(udp.Duplicate);

        Assert.True(udp.Duplicate.IsConnected());
    }

    [Fact]
    public void A_socket_without_a_peer_is_left_without_one()
    {
        using OwnSocket server = new OwnSocket(SocketType.Dgram).Bound();
        using OwnSocket udp = new OwnSocket(SocketType.Dgram).Bound();
        Association noted = Association.Of(udp.Duplicate, NameOf(udp));
        Assert.False(noted.HasPeer);
        udp.Socket.Connect(server.Local);

        noted.Restore(udp.Duplicate);

        Assert.False(udp.Duplicate.IsConnected());
    }

    private static LocalAddress NameOf(OwnSocket socket)
    {
        Assert.Equal(Errno.None, socket.Duplicate.GetLocal(out LocalAddress name));
        return name;
    }
}
