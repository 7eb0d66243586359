using System.Net;
using System.Net.Sockets;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>A socket of the tests themselves, in the place of a program's that was duplicated.</summary>
internal sealed class OwnSocket(SocketType type, ProtocolType protocol = 0) : IDisposable
{
    public Socket Socket { get; } = new(AddressFamily.InterNetwork, type, protocol);

    /// <summary>Not to be disposed of: the descriptor is the socket's.</summary>
    public DuplicatedSocket Duplicate => new((int)Socket.Handle);

    public IPEndPoint Local => (IPEndPoint)Socket.LocalEndPoint!;

    /// <summary>Bound to a port of loopback that the kernel chooses.</summary>
    public OwnSocket Bound()
    {
        Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return this;
    }

    public void Dispose() => Socket.Dispose();
}
