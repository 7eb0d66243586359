using System.Net;
using System.Text;

namespace BindToInterface.LabServer;

/// <summary>
/// The names that a lab's DNS servers know. lan0's side is number 1, ovpn's number 2.
/// <list type="bullet">
/// <item>side.test: A 10.SIDE.PORT.SERVER, AAAA fd00::SIDE:PORT:SERVER, where PORT and SERVER are the
/// last bytes of the port and of the server's address; TXT "ovpn 203.0.113.54 53 udp".</item>
/// <item>big.test: the same, but over UDP only the word that TCP is needed.</item>
/// <item>web.test: the web server, IPv4 and IPv6; web4.test and web6.test: one family only.</item>
/// </list>
/// </summary>
internal static class Zone
{
    private static readonly byte[] Web4 = IPAddress.Parse("198.51.100.1").GetAddressBytes();
    private static readonly byte[] Web6 = IPAddress.Parse("2001:db8:1::1").GetAddressBytes();

    public static DnsAnswer Find(DnsMessage question, string side, IPEndPoint server, string protocol) => question.Name switch
    {
        "side.test" => new(true, Side(question.Type, side, server, protocol)),
        "big.test" when protocol == "udp" => new(true, [], Truncated: true),
        "big.test" => new(true, Side(question.Type, side, server, protocol)),
        "web.test" => new(true, question.Type switch { DnsMessage.A => [Web4], DnsMessage.Aaaa => [Web6], _ => [] }),
        "web4.test" => new(true, question.Type == DnsMessage.A ? [Web4] : []),
        "web6.test" => new(true, question.Type == DnsMessage.Aaaa ? [Web6] : []),
        _ => new(false, []),
    };

    private static byte[][] Side(ushort type, string side, IPEndPoint server, string protocol)
    {
        var number = (byte)(side == "lan0" ? 1 : 2);
        var port = (byte)server.Port;
        var last = server.Address.GetAddressBytes()[^1];
        return type switch
        {
            DnsMessage.A => [[10, number, port, last]],
            DnsMessage.Aaaa => [[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number, 0, port, 0, last]],
            DnsMessage.Txt => [Text($"{side} {server.Address} {server.Port} {protocol}")],
            _ => [],
        };
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
