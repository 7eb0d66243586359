using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

/// <summary>What is remembered of connections is limited, and what is remembered last counts.</summary>
public sealed class BoundedMemoryTests
{
    private const int Many = 100_000;

    [Fact]
    public void The_names_that_were_told_last_are_kept()
    {
        var names = new NameTable();
        for (uint i = 0; i < Many; i++)
        {
            names.Add(IpAddress.FromIPv4(i), "old");
            names.Add(IpAddress.FromIPv4(i), $"host{i}");
        }

        Assert.Null(names.Find(IpAddress.FromIPv4(0)));
        Assert.Equal($"host{Many - 1}", names.Find(IpAddress.FromIPv4(Many - 1)));
    }

    [Fact]
    public void A_socket_counts_once_for_a_destination_and_a_verdict()
    {
        var flows = new Flows();

        Assert.False(flows.Contains(1, Traced.Bound));
        Assert.True(flows.Add(1, Traced.Bound));
        Assert.True(flows.Contains(1, Traced.Bound));
        Assert.False(flows.Add(1, Traced.Bound));
        Assert.True(flows.Add(2, Traced.Bound));
        Assert.True(flows.Add(1, Traced.Refused));
        Assert.True(flows.Add(1, Traced.Bound with { Destination = Traced.Local }));
    }

    [Fact]
    public void Nameservers_are_awaited_by_the_sockets_that_asked()
    {
        var sockets = new NameSockets();
        Assert.True(sockets.IsEmpty);

        for (ulong cookie = 1; cookie <= 1000; cookie++)
        {
            sockets.Add(cookie);
        }

        Assert.False(sockets.IsEmpty);
        Assert.True(sockets.Contains(1000));
        Assert.False(sockets.Contains(1001));
        Assert.InRange(Enumerable.Range(1, 1000).Count(cookie => sockets.Contains((ulong)cookie)), 1, 256);
    }

    [Fact]
    public void What_became_of_a_connection_is_found_out_once()
    {
        var results = new PendingResults();
        PendingResult pending = results.Add(7);

        Assert.Same(pending, results.Find(7));
        pending.Resolve(CallResult.Failed(Errno.ECONNREFUSED));
        pending.Resolve(CallResult.Established);
        Assert.Equal(Errno.ECONNREFUSED, pending.Result?.Error);
        results.Remove(pending);
        Assert.Null(results.Find(7));
        Assert.True(results.IsEmpty);

        for (ulong cookie = 0; cookie < Many; cookie++)
        {
            results.Add(cookie);
        }

        Assert.Null(results.Find(0));
        Assert.NotNull(results.Find(Many - 1));
    }
}
