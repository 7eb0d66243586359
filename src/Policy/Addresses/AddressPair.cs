namespace BindToInterface.Policy.Addresses;

/// <summary>At most one endpoint per family, as <c>--dns</c> and <c>--source-ip</c> take them.</summary>
public readonly record struct AddressPair(Endpoint? IPv4, Endpoint? IPv6)
{
    /// <summary>Whether neither family has one.</summary>
    public bool IsEmpty => IPv4 is null && IPv6 is null;

    /// <summary>The endpoint of a family.</summary>
    public Endpoint? this[IpFamily family] => family == IpFamily.IPv4 ? IPv4 : IPv6;

    /// <summary>The same with this port (host byte order) where a port is 0.</summary>
    public AddressPair WithDefaultPort(ushort port) => new(Filled(IPv4, port), Filled(IPv6, port));

    /// <summary>Reads one or two addresses separated by a comma, each with a port where ports are allowed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port of an address that carries none; null where ports are not allowed.</param>
    /// <param name="pair">The result.</param>
    /// <param name="error">What is wrong and what is accepted.</param>
    public static bool TryParse(string text, ushort? defaultPort, out AddressPair pair, out string error)
    {
        pair = default;
        error = "";
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Endpoint endpoint;
            if (defaultPort is ushort port)
            {
                if (!Endpoint.TryParse(item, port, out endpoint, out error))
                {
                    return false;
                }
            }
            else if (IpAddress.TryParse(item, out IpAddress address))
            {
                endpoint = new(address, 0);
            }
            else
            {
                error = $"'{item}' is not an address; accepted are 192.0.2.1 and 2001:db8::1, one of each at most";
                return false;
            }

            if (pair[endpoint.Address.Family] is not null)
            {
                error = $"'{text}' has two {endpoint.Address.Family} addresses; accepted is one per family";
                return false;
            }

            pair = endpoint.Address.Family == IpFamily.IPv4 ? pair with { IPv4 = endpoint } : pair with { IPv6 = endpoint };
        }

        if (pair.IsEmpty)
        {
            error = $"'{text}' has no address; accepted are 192.0.2.1 and 2001:db8::1, one of each at most";
            return false;
        }

        return true;
    }

    private static Endpoint? Filled(Endpoint? endpoint, ushort port) =>
        endpoint is { Port: 0 } without ? without with { Port = port } : endpoint;
}
