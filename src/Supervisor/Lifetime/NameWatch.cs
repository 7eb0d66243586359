using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Looks up the host names of <c>--exclude</c>: at the start, and again as their time to live says. Where that fails they keep the
/// addresses that they had, and a line tells.
/// </summary>
internal sealed class NameWatch(LivePolicy policy, InterfaceBinder binder, ILogger logger)
{
    private const int StackSize = 256 * 1024;
    private const int MaximumThreads = 16;

    /// <summary>How long all names together may take.</summary>
    private const int PatienceMilliseconds = 5000;

    private readonly Lock gate = new();
    private readonly object waiting = new();
    private readonly Dictionary<string, WatchedName> names = [];
    private int isFollowing;
    private bool isChanged;

    /// <summary>Looks up the names whose time is over, all at once. It may take some seconds.</summary>
    public void LookUp()
    {
        TrafficPolicy now = policy.Current.Take();
        WatchedName[] due = Due(now.Options.Exclude.Names);
        if (due.Length > 0)
        {
            long until = Environment.TickCount64 + PatienceMilliseconds;
            var query = new NameQuery(now, binder);
            int next = -1;
            Thread[] threads =
            [
                .. Enumerable.Range(0, Math.Min(due.Length, MaximumThreads)).Select(_ => new Thread(() =>
                {
                    while (Interlocked.Increment(ref next) is var at && at < due.Length)
                    {
                        due[at].LookUp(query, until);
                    }
                }, StackSize) { IsBackground = true, Name = "names" }),
            ];
            Array.ForEach(threads, thread => thread.Start());
            foreach (Thread thread in threads)
            {
                thread.Join((int)Math.Max(0, until + PatienceMilliseconds / 2 - Environment.TickCount64));
            }
        }

        Publish();
    }

    /// <summary>Follows the names from now on; where it does, those that are new are looked up at once.</summary>
    public void Follow()
    {
        if (policy.Current.Take().Options.Exclude.Names.Count > 0 && Interlocked.Exchange(ref isFollowing, 1) == 0)
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "names" }.Start();
        }

        lock (waiting)
        {
            isChanged = true;
            Monitor.Pulse(waiting);
        }
    }

    private void Run()
    {
        while (true)
        {
            int milliseconds = MillisecondsToNext();
            lock (waiting)
            {
                if (!isChanged)
                {
                    Monitor.Wait(waiting, milliseconds);
                }

                isChanged = false;
            }

            LookUp();
        }
    }

    /// <summary>Takes note of which names there are now; those whose time is over.</summary>
    private WatchedName[] Due(IReadOnlyList<string> wanted)
    {
        lock (gate)
        {
            foreach (string name in names.Keys.Except(wanted).ToArray())
            {
                names.Remove(name);
            }

            foreach (string name in wanted)
            {
                names.TryAdd(name, new WatchedName(name));
            }

            return [.. names.Values.Where(name => name.Due <= Environment.TickCount64)];
        }
    }

    private int MillisecondsToNext()
    {
        lock (gate)
        {
            return names.Count == 0 ? Timeout.Infinite : (int)Math.Clamp(names.Values.Min(name => name.Due) - Environment.TickCount64, 0, int.MaxValue);
        }
    }

    private void Publish()
    {
        WatchedName[] all;
        lock (gate)
        {
            all = [.. names.Values];
        }

        NamedAddress[] named = [.. all.SelectMany(name => name.Addresses.Select(address => new NamedAddress(name.Name, address)))];
        policy.Change(host => host with { Named = named });
        foreach (WatchedName name in all)
        {
            switch (name.TakeNews())
            {
                case (string failure, true):
                    logger.NameNotLookedUp(name.Name, failure);
                    break;
                case (string failure, false):
                    logger.NameNotLookedUpAgain(name.Name, failure, string.Join(", ", name.Addresses));
                    break;
                case (null, true):
                    logger.NoSuchName(name.Name);
                    break;
                case (null, false):
                    logger.NameHasAddresses(name.Name, string.Join(", ", name.Addresses));
                    break;
            }
        }
    }
}
