using BindToInterface.EndToEnd;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>Questions to the kernel of this machine, of which it is known only that it has a loopback interface.</summary>
public sealed class RouteQueryTests
{
    private static readonly Endpoint Loopback = new(IpAddress.Loopback(IpFamily.IPv4), 53);

    [Fact]
    public void Loopback_is_local_by_the_loopback_interface_and_from_itself()
    {
        using var routes = new RouteQuery();
        using var binder = new InterfaceBinder();

        Assert.Equal(Errno.None, routes.Ask(Loopback, 0, 0, out Route route));

        Assert.Equal(new Route(RouteType.Local, binder.IndexOf("lo"), Loopback.Address), route);
    }

    [Fact]
    public void What_has_no_route_is_an_error()
    {
        using var routes = new RouteQuery();

        // By an interface that cannot be there.
        Assert.True(IpAddress.TryParse("ff02::1", out IpAddress group));
        Errno error = routes.Ask(new Endpoint(group, 0, uint.MaxValue), 0, 0, out Route route);

        Assert.NotEqual(Errno.None, error);
        Assert.False(route.Leads);
    }

    [KernelFact(KernelFeature.Ipv6Loopback)]
    public void Many_threads_may_ask_at_once_and_none_allocates()
    {
        using var routes = new RouteQuery();
        long[] allocated = new long[4];
        bool[] wrong = new bool[4];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            // Of two families, so that an answer to another's question shows.
            var own = new Endpoint(IpAddress.Loopback(number % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6), 0);
            _ = routes.Ask(own, 0, 0, out _);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 500; i++)
            {
                wrong[number] |= routes.Ask(own, 0, 0, out Route route) != Errno.None || route.Source != own.Address;
            }

            allocated[number] = GC.GetAllocatedBytesForCurrentThread() - before;
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.DoesNotContain(true, wrong);
        // A lock that several threads want makes what they wait for once; a question makes nothing.
        Assert.All(allocated, bytes => Assert.True(bytes < 500, $"{bytes} bytes for 500 questions"));
    }
}
