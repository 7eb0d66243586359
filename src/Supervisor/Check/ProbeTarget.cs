using System.Globalization;
using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Check;

/// <summary>What --probe names: a host and a TCP port.</summary>
/// <param name="Host">A name, or an address without brackets.</param>
/// <param name="Port">The port, host byte order.</param>
internal readonly record struct ProbeTarget(string Host, ushort Port)
{
    private const ushort DefaultPort = 443;

    /// <summary><c>example.org:443</c>, <c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads HOST[:PORT]; an IPv6 address with a port stands in brackets.</summary>
    public static bool TryParse(string text, out ProbeTarget target, out string error)
    {
        error = "";
        if (Endpoint.TryParse(text, DefaultPort, out Endpoint endpoint, out string fault))
        {
            target = new(endpoint.Address.ToString(), endpoint.Port);
            return true;
        }

        string[] parts = text.Split(':');
        ushort port = DefaultPort;
        target = default;
        if (text.StartsWith('[') || parts.Length > 2)
        {
            error = fault;
            return false;
        }

        if (parts[0].Length == 0 || parts[0].Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))
            || (parts.Length == 2 && !Endpoint.TryParsePort(parts[1], out port)))
        {
            error = $"'{text}' is not a host with a port; accepted are example.org, example.org:443, 192.0.2.1:443 and [2001:db8::1]:443";
            return false;
        }

        target = new(parts[0], port);
        return true;
    }
}
