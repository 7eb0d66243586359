using System.Globalization;

namespace BindToInterface.Policy.Addresses;

/// <summary>An IP address with a port (host byte order) and, for link-local IPv6, the scope's ifindex.</summary>
public readonly record struct Endpoint(IpAddress Address, ushort Port, uint ScopeId = 0)
{
    /// <summary><c>192.0.2.1:53</c> or <c>[2001:db8::1]:53</c>.</summary>
    public override string ToString() => Address.Family == IpFamily.IPv4
        ? string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"[{Address}]:{Port}");

    /// <summary>
    /// Reads <c>ADDRESS</c>, <c>IPV4:PORT</c> or <c>[IPV6]:PORT</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port where the text carries none.</param>
    /// <param name="endpoint">The result.</param>
    /// <param name="error">What is wrong and what is accepted, for a person.</param>
    public static bool TryParse(string text, ushort defaultPort, out Endpoint endpoint, out string error)
    {
        endpoint = default;
        ReadOnlySpan<char> address = text, port = default;
        bool hasPort = false;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                error = $"'{text}' is not an address; accepted are 192.0.2.1, 192.0.2.1:53, 2001:db8::1 and [2001:db8::1]:53";
                return false;
            }

            address = text.AsSpan(1, end - 1);
            hasPort = end + 1 < text.Length;
            port = hasPort ? text.AsSpan(end + 2) : default;
        }
        else if (text.AsSpan().Count(':') == 1)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            address = text.AsSpan(0, colon);
            port = text.AsSpan(colon + 1);
            hasPort = true;
        }

        if (!IpAddress.TryParse(address, out IpAddress parsed))
        {
            error = $"'{text}' is not an address; accepted are 192.0.2.1, 192.0.2.1:53, 2001:db8::1 and [2001:db8::1]:53";
            return false;
        }

        ushort number = defaultPort;
        if (hasPort && !TryParsePort(port, out number))
        {
            error = $"'{port}' in '{text}' is not a port; accepted is a number from 1 to 65535";
            return false;
        }

        endpoint = new Endpoint(parsed, number);
        error = "";
        return true;
    }

    /// <summary>Reads a port, 1 to 65535, in decimal digits.</summary>
    public static bool TryParsePort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
