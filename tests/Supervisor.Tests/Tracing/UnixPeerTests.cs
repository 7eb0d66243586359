using System.Net.Sockets;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

/// <summary>Who is at the other end of a Unix socket: here it is this process.</summary>
public sealed class UnixPeerTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly Socket server = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public UnixPeerTests()
    {
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
        File.Delete(path);
    }

    [Fact]
    public void The_kernel_tells_who_listens_once_the_socket_is_connected()
    {
        var socket = new DuplicatedSocket((int)client.Handle);
        Assert.Null(UnixPeer.Of(socket));

        client.Connect(new UnixDomainSocketEndPoint(path));

        Assert.Equal(Environment.ProcessId, UnixPeer.Of(socket)!.Process);
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), UnixPeer.Of(socket)!.Program);
    }

    [Fact]
    public void A_listener_is_found_by_its_path()
    {
        var listeners = new UnixListeners();

        Assert.True(listeners.TryFind(path, out UnixPeer? owner));
        Assert.Equal(Environment.ProcessId, owner!.Process);
        Assert.False(listeners.TryFind(path + "-other", out _));
    }

    [Fact]
    public void This_process_and_what_it_started_are_supervised_and_its_parent_is_not()
    {
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sleep", "60"))!;
        Assert.True(UnixPeer.Of(Environment.ProcessId).IsSupervised);
        Assert.True(UnixPeer.Of(child.Id).IsSupervised);
        Assert.False(UnixPeer.Of(1).IsSupervised);
        child.Kill();
    }
}
