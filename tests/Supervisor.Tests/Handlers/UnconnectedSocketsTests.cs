using BindToInterface.Supervisor.Handlers;

namespace BindToInterface.Supervisor.Tests.Handlers;

public class UnconnectedSocketsTests
{
    private readonly UnconnectedSockets sockets = new();

    [Fact]
    public void A_socket_is_known_until_it_is_connected()
    {
        sockets.Add(9);
        Assert.True(sockets.Contains(9));

        sockets.Remove(9);
        Assert.False(sockets.Contains(9));
    }

    [Fact]
    public void What_was_not_made_here_counts_as_connected() => Assert.False(sockets.Contains(9));

    [Fact]
    public void A_socket_without_a_cookie_counts_as_connected()
    {
        sockets.Add(0);

        Assert.False(sockets.Contains(0));
    }

    [Fact]
    public void A_socket_that_lost_its_place_counts_as_connected()
    {
        sockets.Add(9);
        sockets.Add(9 + 1024);

        Assert.False(sockets.Contains(9));
        // That the first one is connected says nothing of the second.
        sockets.Remove(9);
        Assert.True(sockets.Contains(9 + 1024));
    }
}
