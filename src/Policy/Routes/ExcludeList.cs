using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>The destinations that keep the normal routes.</summary>
public sealed class ExcludeList
{
    /// <summary>A list that excludes nothing.</summary>
    public static readonly ExcludeList Empty = new([], [], hasLan: false);

    private const string Accepted = Network.Accepted + ", the word lan, and host names with their domain (nas.example.org) or of /etc/hosts";

    private readonly Network[] networks;

    private ExcludeList(Network[] networks, string[] names, bool hasLan)
    {
        this.networks = networks;
        Names = names;
        HasLan = hasLan;
    }

    /// <summary>The networks, in the order in which they were given.</summary>
    public IReadOnlyList<Network> Networks => networks;

    /// <summary>Host names, in small letters and without a dot at the end. Their addresses are found at run time.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether the word <c>lan</c> is on the list: what other interfaces reach on their own link, found at run time.</summary>
    public bool HasLan { get; }

    /// <summary>Whether nothing is excluded.</summary>
    public bool IsEmpty => networks.Length == 0 && Names.Count == 0 && !HasLan;

    /// <summary>Whether the address is in one of the networks.</summary>
    public bool Contains(in IpAddress address)
    {
        foreach (ref readonly Network network in networks.AsSpan())
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a list in which host names without a dot are none.</summary>
    public static bool TryParse(string text, out ExcludeList list, out string error) => TryParse(text, static _ => false, out list, out error);

    /// <summary>
    /// Reads a comma-separated list of what <see cref="Network.TryParse"/> accepts, of the words <c>loopback</c> (127.0.0.0/8 and
    /// ::1) and <c>lan</c>, and of host names. Blanks and empty items are ignored.
    /// </summary>
    /// <param name="text">The list.</param>
    /// <param name="isHost">Whether a name without a dot is known on this host. Otherwise it is taken for a mistake.</param>
    /// <param name="list">The result.</param>
    /// <param name="error">The offending item and what is accepted.</param>
    public static bool TryParse(string text, Func<string, bool> isHost, out ExcludeList list, out string error)
    {
        var networks = new List<Network>();
        var names = new List<string>();
        bool hasLan = false;
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string name = item.TrimEnd('.').ToLowerInvariant();
            if (TryParseNetworks(item, out Network[] read))
            {
                networks.AddRange(read);
            }
            else if (item.Equals("lan", StringComparison.OrdinalIgnoreCase))
            {
                hasLan = true;
            }
            else if (name.Length >= item.Length - 1 && (HostName.HasDomain(name) || (name.Length == item.Length && HostName.IsValid(name) && isHost(name))))
            {
                names.Add(name);
            }
            else
            {
                list = Empty;
                error = $"'{item}' is not a destination; {Accepted}";
                return false;
            }
        }

        list = new ExcludeList([.. networks], [.. names.Distinct()], hasLan);
        error = "";
        return true;
    }

    /// <summary>Reads a network, or the word <c>loopback</c>, which is two.</summary>
    internal static bool TryParseNetworks(string item, out Network[] networks)
    {
        if (item.Equals("loopback", StringComparison.OrdinalIgnoreCase))
        {
            networks = [Network.Loopback4, Network.Loopback6];
            return true;
        }

        bool isNetwork = Network.TryParse(item, out Network network);
        networks = isNetwork ? [network] : [];
        return isNetwork;
    }
}
