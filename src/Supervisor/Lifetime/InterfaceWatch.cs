using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Tells what happens to the interfaces while the program runs: a line for each event. The kernel tells of an event in several
/// messages (rtnetlink(7)), so what is so is looked at when no more have come for a moment.
/// </summary>
/// <param name="policy">Names the interfaces; they can be others while the program runs.</param>
/// <param name="atStart">What was so when the program started, as far as the warnings of the start have asked: this is made a moment later.</param>
/// <param name="decisions">Whether it was told that an interface is absent, and that it is back.</param>
/// <param name="logger">Where lines go.</param>
internal sealed class InterfaceWatch(CurrentPolicy policy, INetworkFacts atStart, DecisionLog decisions, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;
    private const int QuietMilliseconds = 250;

    /// <summary>Where routes change without a pause, what happened is told after this time.</summary>
    private const int PatienceMilliseconds = 2000;

    private readonly Dictionary<string, InterfaceState> told = [];
    private volatile uint toldAnew;

    private IReadOnlyList<string> Names => policy.Take().Options.Interfaces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LookFirst(atStart);
        policy.Replaced += LookAtOthers;
        new Thread(Follow, StackSize) { IsBackground = true, Name = "interface watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Another line has told that an interface was made anew.</summary>
    /// <param name="index">The ifindex that it has now.</param>
    public void AnewIsTold(uint index) => toldAnew = index;

    private void Follow()
    {
        using var changes = new InterfaceChanges();
        for (Errno error = changes.Open(withRoutes: true); ; error = Settle(changes))
        {
            if (error != Errno.None)
            {
                logger.InterfaceEventsNotWatched(string.Join(", ", Names), error.ToString());
                return;
            }

            using var network = new HostNetwork();
            foreach (string name in Names)
            {
                InterfaceState now = InterfaceState.Of(name, network), before;
                lock (told)
                {
                    before = told.GetValueOrDefault(name, now);
                    told[name] = now.After(before);
                }

                Tell(name, before, now, network);
            }
        }
    }

    /// <summary>What is so of the interfaces that another policy names is what the warnings about it have told.</summary>
    private void LookAtOthers()
    {
        using var network = new HostNetwork();
        LookFirst(network);
    }

    private void LookFirst(INetworkFacts network)
    {
        lock (told)
        {
            IReadOnlyList<string> names = Names;
            foreach (string former in told.Keys.Except(names).ToArray())
            {
                told.Remove(former);
            }

            foreach (string name in names)
            {
                told.TryAdd(name, InterfaceState.Of(name, network));
            }
        }
    }

    /// <summary>Waits for a change, and then until nothing has changed for a moment.</summary>
    private static Errno Settle(InterfaceChanges changes)
    {
        Errno error = changes.Wait(-1, out bool changed);
        for (long end = Environment.TickCount64 + PatienceMilliseconds; error == Errno.None && changed && Environment.TickCount64 < end;)
        {
            error = changes.Wait(QuietMilliseconds, out changed);
        }

        return error;
    }

    private void Tell(string name, InterfaceState before, InterfaceState now, INetworkFacts network)
    {
        if (!now.IsThere)
        {
            if (before.IsThere)
            {
                decisions.TellMissing(name);
            }

            return;
        }

        if (!before.IsThere)
        {
            if (now.IsUsable)
            {
                decisions.TellBack(name);
            }
            else
            {
                logger.InterfaceEvent(name, $"it is back, and {(now.IsUp ? "has no carrier" : "down")}");
            }
        }
        else if (before.Index != now.Index)
        {
            if (toldAnew != now.Index)
            {
                logger.InterfaceEvent(name, $"made anew{(now.IsUsable ? "" : now.IsUp ? ", and has no carrier" : ", and down")}");
            }
        }
        else
        {
            LinkEntry link = InterfaceRules.Find(name, network)!;
            foreach (string line in InterfaceEvents.Between(before, now, (family, gateway) => RouteRemedy.For(link, family, network, gateway).Command))
            {
                logger.InterfaceEvent(name, line);
            }
        }
    }
}
