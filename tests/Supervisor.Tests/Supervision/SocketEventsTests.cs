using System.Net;
using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Supervision;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Supervision;

public sealed class SocketEventsTests : IDisposable
{
    private const int Milliseconds = 10_000;

    private readonly SocketEvents events = SocketEvents.Open(out _)!;
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public SocketEventsTests() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        events.Dispose();
        socket.Dispose();
    }

    [Fact]
    public void What_is_the_case_already_is_told_and_only_once()
    {
        socket.SendTo([1], socket.LocalEndPoint!);
        Assert.Equal(Errno.None, events.Add((int)socket.Handle, LibC.POLLIN, 7));

        Assert.Equal([7UL], Wait(Milliseconds));
        Assert.Empty(Wait(0));
    }

    [Fact]
    public void What_was_removed_is_not_told_of()
    {
        Assert.Equal(Errno.None, events.Add((int)socket.Handle, LibC.POLLIN, 7));
        events.Remove((int)socket.Handle);
        socket.SendTo([1], socket.LocalEndPoint!);

        Assert.Empty(Wait(0));
    }

    [Fact]
    public void Whoever_waits_is_woken_until_it_takes_note()
    {
        events.Wake();

        Assert.Equal([0UL], Wait(Milliseconds));
        Assert.Equal([0UL], Wait(Milliseconds));
        events.Woken();
        Assert.Empty(Wait(0));
    }

    private ulong[] Wait(int milliseconds)
    {
        var happened = new epoll_event[4];
        int count = events.Wait(happened, milliseconds);
        return [.. happened[..count].Select(one => one.data.u64)];
    }
}
