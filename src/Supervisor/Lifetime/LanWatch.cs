using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Keeps what <c>--exclude lan</c> means up to date. The kernel tells of each change of interfaces, addresses and routes
/// (rtnetlink(7)). Where it cannot be asked any more, nothing is LAN: what was excluded is bound.
/// </summary>
internal sealed class LanWatch(LivePolicy policy, InterfaceBinder binder, ILogger logger)
{
    private const int StackSize = 256 * 1024;

    private int isFollowing;

    /// <summary>Looks at the host.</summary>
    public void Look()
    {
        TrafficPolicy now = policy.Current.Take();
        using var network = new HostNetwork();
        uint[] own = [.. now.Routes.Interfaces.Select(binder.IndexOf).Where(index => index != 0)];
        HostNetworks lan = now.Options.Exclude.HasLan ? LanNetworks.Of(network.Links, network.Routes, own) : HostNetworks.None;
        if (policy.Change(host => lan with { Named = host.Named }) && now.Options.Exclude.HasLan)
        {
            logger.Lan(lan.Lan.Count == 0 ? "no network" : string.Join(", ", lan.Lan));
        }
    }

    /// <summary>Follows the host from now on.</summary>
    public void Follow()
    {
        if (policy.Current.Take().Options.Exclude.HasLan && Interlocked.Exchange(ref isFollowing, 1) == 0)
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "lan" }.Start();
        }
    }

    private void Run()
    {
        using var changes = new InterfaceChanges();
        for (Errno error = changes.Open(withRoutes: true); ; error = changes.Wait(-1, out _))
        {
            if (error != Errno.None)
            {
                // What is not followed may be another network by now.
                policy.Change(host => new HostNetworks { Named = host.Named });
                logger.LanNotFollowed(error.ToString());
                return;
            }

            changes.Drain();
            Look();
        }
    }
}
