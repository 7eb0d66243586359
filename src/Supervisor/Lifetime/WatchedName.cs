using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>A host name of <c>--exclude</c> with the addresses that it has now.</summary>
internal sealed class WatchedName(string name)
{
    /// <summary>The shortest time between two questions, whatever the server says.</summary>
    private const int ShortestMilliseconds = 1000;

    private const int LongestMilliseconds = 24 * 60 * 60 * 1000;

    /// <summary>After a failure.</summary>
    private const int RetryMilliseconds = 5000;

    /// <summary>Where there is nothing that has a time to live: no such name, no address, a line of /etc/hosts.</summary>
    private const int UntimedMilliseconds = 30_000;

    private static readonly IpFamily[] Families = [IpFamily.IPv4, IpFamily.IPv6];

    private readonly Lock gate = new();
    private readonly Dictionary<IpFamily, IReadOnlyList<IpAddress>> byFamily = [];
    private (string? Failure, bool HasNone)? news;
    private bool wasFailing;

    public string Name => name;

    /// <summary>When it is to be looked up again (Environment.TickCount64).</summary>
    public long Due { get; private set; } = long.MinValue;

    public IReadOnlyList<IpAddress> Addresses
    {
        get
        {
            lock (gate)
            {
                return [.. byFamily.Values.SelectMany(addresses => addresses)];
            }
        }
    }

    /// <summary>What is to be told since it was asked for last: a failure, if any, and whether the name has no address.</summary>
    public (string? Failure, bool HasNone)? TakeNews()
    {
        lock (gate)
        {
            (string?, bool)? taken = news;
            news = null;
            return taken;
        }
    }

    /// <summary>Looks it up in /etc/hosts, else at the nameservers.</summary>
    /// <param name="query">How these are asked.</param>
    /// <param name="until">When to give up (Environment.TickCount64).</param>
    public void LookUp(NameQuery query, long until)
    {
        IReadOnlyList<IpAddress> inHosts = Hosts.AddressesOf(TextFile.Lines(Hosts.Path), name);
        var found = new Dictionary<IpFamily, IReadOnlyList<IpAddress>>();
        string? failure = null;
        long milliseconds = UntimedMilliseconds;
        foreach (IpFamily family in Families)
        {
            if (inHosts.Count > 0)
            {
                // libc asks no server then.
                found[family] = [.. inHosts.Where(address => address.Family == family)];
            }
            else if (query.Ask(name, family, until, out string failed) is DnsMessageAnswer answer)
            {
                found[family] = [.. answer.Addresses.Where(MayBeNamed)];
                milliseconds = answer.Addresses.Count == 0 ? milliseconds
                    : Math.Min(milliseconds == UntimedMilliseconds ? LongestMilliseconds : milliseconds, Math.Max(1000L * answer.TimeToLive, ShortestMilliseconds));
            }
            else
            {
                failure = failed;
                milliseconds = Math.Min(milliseconds, RetryMilliseconds);
            }
        }

        Take(found, failure, Environment.TickCount64 + milliseconds);
    }

    private void Take(Dictionary<IpFamily, IReadOnlyList<IpAddress>> found, string? failure, long due)
    {
        lock (gate)
        {
            bool isFirst = Due == long.MinValue;
            bool isChanged = false;
            foreach ((IpFamily family, IReadOnlyList<IpAddress> addresses) in found)
            {
                isChanged |= !new HashSet<IpAddress>(addresses).SetEquals(byFamily.GetValueOrDefault(family) ?? []);
                byFamily[family] = addresses;
            }

            bool hasNone = byFamily.Values.All(addresses => addresses.Count == 0);
            if (failure is not null ? !wasFailing : isChanged || (isFirst && hasNone))
            {
                news = (failure, hasNone);
            }

            wasFailing = failure is not null;
            Due = due;
        }
    }

    /// <summary>
    /// What a server may tell. An answer that names this host or a whole link would open more than a host: it is left out.
    /// </summary>
    private static bool MayBeNamed(IpAddress address) =>
        !address.IsLoopback && !address.IsUnspecified && !address.IsMulticast && !address.IsBroadcast && !address.NeedsScopeId;
}
