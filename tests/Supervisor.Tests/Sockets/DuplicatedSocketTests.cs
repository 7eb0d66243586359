using System.Net;
using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>What the kernel tells of a socket.</summary>
public sealed class DuplicatedSocketTests
{
    private const int SO_RCVTIMEO = 20;
    private const int SO_SNDTIMEO = 21;

    /// <summary>TCP_ESTABLISHED.</summary>
    private const byte TcpEstablished = 1;

    [Fact]
    public void A_local_address_is_read_with_its_port()
    {
        using OwnSocket udp = new OwnSocket(SocketType.Dgram).Bound();

        Assert.Equal(Errno.None, udp.Duplicate.GetLocal(out LocalAddress name));

        Assert.Equal(IpFamily.IPv4, name.Family);
        Assert.Equal(new Endpoint(IpAddress.Loopback(IpFamily.IPv4), (ushort)udp.Local.Port), name.Endpoint);
        Assert.True(name.HasSource);
    }

    [Fact]
    public void Its_inode_is_that_of_the_link_in_proc()
    {
        using var udp = new OwnSocket(SocketType.Dgram);

        Assert.Equal(Errno.None, udp.Duplicate.GetInode(out uint inode));

        Assert.Equal(Errno.None, ThreadFile.SocketInode(Environment.ProcessId, udp.Duplicate.Descriptor, out uint linked));
        Assert.Equal(linked, inode);
        Assert.Equal(Errno.EBADF, new DuplicatedSocket(-1).GetInode(out _));
    }

    [Fact]
    public void A_file_is_no_socket()
    {
        using FileStream file = File.OpenRead("/proc/self/status");

        Assert.Equal(Errno.ENOTSOCK, new DuplicatedSocket((int)file.SafeFileHandle.DangerousGetHandle()).GetLocal(out _));
        Assert.Equal(Errno.EBADF, new DuplicatedSocket(-1).GetLocal(out _));
    }

    [Fact]
    public void A_datagram_socket_is_connected_from_connect_until_it_is_dissolved()
    {
        using OwnSocket server = new OwnSocket(SocketType.Dgram).Bound();
        using OwnSocket udp = new OwnSocket(SocketType.Dgram).Bound();
        Assert.False(udp.Duplicate.IsConnected());
        Assert.False(udp.Duplicate.TryGetPeer(out _));

        udp.Socket.Connect(server.Local);

        Assert.True(udp.Duplicate.IsConnected());
        Assert.True(udp.Duplicate.TryGetPeer(out Sockaddr peer));
        Assert.Equal((ushort)server.Local.Port, peer.Endpoint.Port);
        // To be asked costs nothing: neither a packet nor an error.
        Assert.Equal(0, server.Socket.Available);
        Assert.Equal(0, udp.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
    }

    [Fact]
    public void A_peer_with_port_0_is_one_although_getpeername_knows_none()
    {
        using OwnSocket udp = new OwnSocket(SocketType.Dgram).Bound();

        udp.Socket.Connect(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.False(udp.Duplicate.TryGetPeer(out _));
        Assert.True(udp.Duplicate.IsConnected());
    }

    [Fact]
    public void The_states_of_a_TCP_socket_are_told_apart()
    {
        using OwnSocket listener = new OwnSocket(SocketType.Stream).Bound();
        using var tcp = new OwnSocket(SocketType.Stream);
        using var udp = new OwnSocket(SocketType.Dgram);
        Assert.Equal((byte?)Linux.TCP_CLOSE, tcp.Duplicate.TcpState);
        Assert.Null(udp.Duplicate.TcpState);

        listener.Socket.Listen();
        Assert.Equal((byte?)Linux.TCP_LISTEN, listener.Duplicate.TcpState);

        tcp.Socket.Connect(listener.Local);
        Assert.Equal((byte?)TcpEstablished, tcp.Duplicate.TcpState);
    }

    [Fact]
    public void A_connection_that_fails_is_not_under_way_any_more()
    {
        using OwnSocket closed = new OwnSocket(SocketType.Stream).Bound();
        using var tcp = new OwnSocket(SocketType.Stream);

        Assert.Throws<SocketException>(() => tcp.Socket.Connect(closed.Local));

        Assert.Equal((byte?)Linux.TCP_CLOSE, tcp.Duplicate.TcpState);
    }

    [Fact]
    public void What_the_program_set_is_read()
    {
        using var tcp = new OwnSocket(SocketType.Stream);
        Assert.Null(tcp.Duplicate.GetTimeout(SO_RCVTIMEO));
        Assert.False(tcp.Duplicate.IsNonBlocking);

        tcp.Socket.Blocking = false;
        tcp.Socket.ReceiveTimeout = 1500;
        tcp.Socket.SendTimeout = 3000;

        Assert.True(tcp.Duplicate.IsNonBlocking);
        Assert.Equal(1500, tcp.Duplicate.GetTimeout(SO_RCVTIMEO));
        Assert.Equal(3000, tcp.Duplicate.GetTimeout(SO_SNDTIMEO));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    public void What_keeps_a_connect_from_waiting_is_put_back(int timeout)
    {
        using var tcp = new OwnSocket(SocketType.Stream);
        tcp.Socket.SendTimeout = timeout;
        long? before = tcp.Duplicate.GetTimeout(SO_SNDTIMEO);

        using (tcp.Duplicate.WithoutWaiting())
        {
            // Over already, which is read as none.
            Assert.Null(tcp.Duplicate.GetTimeout(SO_SNDTIMEO));
        }

        Assert.Equal(before, tcp.Duplicate.GetTimeout(SO_SNDTIMEO));
        Assert.Equal(timeout == 0 ? null : timeout, before);
    }
}
