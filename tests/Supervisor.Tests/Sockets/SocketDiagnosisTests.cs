using System.Net;
using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Sockets;

public sealed class SocketDiagnosisTests
{
    [Theory]
    [InlineData(SocketType.Dgram, ProtocolType.Udp)]
    [InlineData(SocketType.Stream, ProtocolType.Tcp)]
    public void The_kernel_tells_of_a_socket_that_is_bound_to_an_interface(SocketType type, ProtocolType protocol)
    {
        using var binder = new InterfaceBinder();
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (type == SocketType.Stream)
        {
            socket.Listen();
        }

        var duplicate = new DuplicatedSocket((int)socket.Handle);
        Assert.True(InterfaceBinder.TryBind(duplicate, binder.IndexOf("lo")));
        ulong? cookie = duplicate.GetLongOption(Linux.SOL_SOCKET, LibC.SO_COOKIE);

        List<DiagnosedSocket> found = [];
        Assert.Equal(Errno.None, SocketDiagnosis.BoundSockets(found));

        DiagnosedSocket told = Assert.Single(found, each => each.Cookie == cookie);
        Assert.Equal(binder.IndexOf("lo"), told.Interface);
        Assert.Equal(((IPEndPoint)socket.LocalEndPoint!).Port, told.Local.Port);
        Assert.Equal(IpAddress.Loopback(IpFamily.IPv4), told.Local.Address);
        Assert.Equal(type == SocketType.Stream ? Linux.TCP_LISTEN : Linux.TCP_CLOSE, told.State);
        // Its holder is found by it.
        Assert.Contains(SocketHolder.Among([Environment.ProcessId], found), holder => holder.Descriptor == (int)socket.Handle && holder.Socket == told);
    }
}
