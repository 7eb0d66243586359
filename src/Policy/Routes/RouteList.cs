using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>What <c>--route</c> names: networks, and where their destinations go.</summary>
public sealed class RouteList
{
    /// <summary>A list without any.</summary>
    public static readonly RouteList Empty = new([]);

    /// <summary>The word for the normal routes.</summary>
    internal const string DirectWord = "direct";

    /// <summary>The word for a refusal.</summary>
    internal const string RefuseWord = "deny";

    /// <summary>A word of <c>--interface</c>, and not an interface.</summary>
    private const string None = "none";

    private RouteList(TrafficRoute[] routes) => Routes = routes;

    /// <summary>The routes, in the order in which they were given.</summary>
    public IReadOnlyList<TrafficRoute> Routes { get; }

    /// <summary>Whether all of them lead to the normal routes: nothing is bound and nothing is refused by them.</summary>
    public bool IsDirect => Routes.All(route => route.Kind == VerdictKind.Exclude);

    /// <summary>
    /// Reads a comma-separated list of <c>NETWORK=WAY</c>. A network is what <see cref="Network.TryParse"/> accepts, or the word
    /// <c>loopback</c>; a way is the name of an interface, <c>direct</c> or <c>deny</c>. Blanks and empty items are ignored.
    /// </summary>
    /// <param name="text">The list.</param>
    /// <param name="list">The result.</param>
    /// <param name="error">The offending item and what is accepted.</param>
    public static bool TryParse(string text, out RouteList list, out string error)
    {
        list = Empty;
        var routes = new List<TrafficRoute>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParseItem(item, out TrafficRoute[] read, out error))
            {
                return false;
            }

            foreach (TrafficRoute route in read)
            {
                int before = routes.FindIndex(other => other.Network == route.Network);
                if (before >= 0 && !routes[before].LeadsAs(route))
                {
                    error = $"'{routes[before].Text}' and '{route.Text}' are two ways for one network; accepted is one";
                    return false;
                }

                routes.Add(route);
            }
        }

        list = new([.. routes]);
        error = "";
        return true;
    }

    private static bool TryParseItem(string item, out TrafficRoute[] routes, out string error)
    {
        routes = [];
        int equals = item.IndexOf('=', StringComparison.Ordinal);
        string network = equals < 0 ? item : item[..equals].TrimEnd();
        string way = equals < 0 ? "" : item[(equals + 1)..].TrimStart();
        if (way.Length == 0)
        {
            error = $"'{item}' names no way; accepted is NETWORK=INTERFACE, NETWORK={DirectWord} and NETWORK={RefuseWord}, as in 10.0.0.0/8=corp0";
            return false;
        }

        if (!ExcludeList.TryParseNetworks(network, out Network[] networks))
        {
            error = $"'{network}' is not a network; {Network.Accepted}";
            return false;
        }

        if (way == None)
        {
            error = $"'{way}' is not an interface; accepted is {network}={RefuseWord} to refuse these destinations";
            return false;
        }

        VerdictKind kind = way switch
        {
            DirectWord => VerdictKind.Exclude,
            RefuseWord => VerdictKind.Refuse,
            _ => VerdictKind.Bind,
        };
        error = "";
        if (kind == VerdictKind.Bind && !InterfaceName.IsValid(way, out error))
        {
            return false;
        }

        routes = [.. networks.Select(each => new TrafficRoute(each, kind)
        {
            Interface = kind == VerdictKind.Bind ? way : null,
            Reason = kind == VerdictKind.Refuse ? $"--route {each.ShortText}={RefuseWord} refuses it" : "",
        })];
        return true;
    }
}
