using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Check;

/// <summary>What has happened to an interface between two states, in words: a line for each.</summary>
internal static class InterfaceEvents
{
    /// <param name="before">What was told last.</param>
    /// <param name="now">What is so now. Both are there.</param>
    /// <param name="command">The command that gives a family its route back, by its gateway.</param>
    public static IEnumerable<string> Between(InterfaceState before, InterfaceState now, Func<IpFamily, IpAddress?, string> command)
    {
        if (now.IsUsable != before.IsUsable || now.IsUp != before.IsUp)
        {
            yield return !now.IsUp ? "down: connections fail until it is up"
                : !now.HasCarrier ? "no carrier any more: nothing goes out until it is back"
                : before.IsUp ? "the carrier is back" : "up again";
        }

        if (!now.IsUsable)
        {
            yield break;
        }

        IpAddress[] gone = [.. before.Addresses.Except(now.Addresses)], added = [.. now.Addresses.Except(before.Addresses)];
        if (gone.Length > 0)
        {
            string consequence = now.Addresses.Count == 0 ? "nothing answers until it has one" : "connections from there break";
            yield return $"{List(gone)} {(gone.Length == 1 ? "is no address" : "are no addresses")} of it any more: {consequence}";
        }

        if (added.Length > 0)
        {
            yield return $"{List(added)} {(added.Length == 1 ? "is an address" : "are addresses")} of it now";
        }

        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            bool hasAddress = now.Addresses.Any(address => address.Family == family);
            bool had = before.Routed.TryGetValue(family, out IpAddress? gateway), has = now.Routed.ContainsKey(family);
            if (had && !has && hasAddress)
            {
                yield return $"{family} has no route through it any more: connections fail; type: {command(family, gateway)}";
            }
            else if (has && !had && before.Addresses.Any(address => address.Family == family))
            {
                yield return $"{family} has a route through it again";
            }
        }
    }

    private static string List(IpAddress[] addresses) => string.Join(", ", addresses);
}
