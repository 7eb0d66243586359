using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>The destinations that keep the normal routes.</summary>
public sealed class ExcludeList
{
    /// <summary>A list that excludes nothing.</summary>
    public static readonly ExcludeList Empty = new([]);

    private readonly Network[] networks;

    private ExcludeList(Network[] networks) => this.networks = networks;

    /// <summary>The networks, in the order in which they were given.</summary>
    public IReadOnlyList<Network> Networks => networks;

    /// <summary>Whether nothing is excluded.</summary>
    public bool IsEmpty => networks.Length == 0;

    /// <summary>Whether the address is on the list.</summary>
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

    /// <summary>
    /// Reads a comma-separated list of what <see cref="Network.TryParse"/> accepts and of the word
    /// <c>loopback</c> (127.0.0.0/8 and ::1). Blanks and empty items are ignored.
    /// </summary>
    /// <param name="text">The list.</param>
    /// <param name="list">The result.</param>
    /// <param name="error">The offending item and what is accepted.</param>
    public static bool TryParse(string text, out ExcludeList list, out string error)
    {
        var networks = new List<Network>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Equals("loopback", StringComparison.OrdinalIgnoreCase))
            {
                networks.Add(Network.Loopback4);
                networks.Add(Network.Loopback6);
            }
            else if (Network.TryParse(item, out Network network))
            {
                networks.Add(network);
            }
            else
            {
                list = Empty;
                error = $"'{item}' is not a destination; {Network.Accepted}";
                return false;
            }
        }

        list = new ExcludeList([.. networks]);
        error = "";
        return true;
    }
}
