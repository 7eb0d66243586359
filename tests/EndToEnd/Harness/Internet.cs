namespace BindToInterface.EndToEnd;

/// <summary>The addresses that both internets of a lab serve (see tests/lab/lab.sh), and what their DNS servers say.</summary>
public static class Internet
{
    public const string Web4 = "198.51.100.1";
    public const string OtherWeb4 = "198.51.100.2";
    public const string Web6 = "2001:db8:1::1";
    public const string OtherWeb6 = "2001:db8:1::2";

    /// <summary>Routed, and never answers.</summary>
    public const string Silent4 = "198.51.100.99";

    /// <summary>The nameserver of the client's /etc/resolv.conf.</summary>
    public const string Dns4 = "203.0.113.53";
    public const string Dns6 = "2001:db8:53::6";

    /// <summary>The servers to send DNS to instead.</summary>
    public const string Override4 = "203.0.113.54";
    public const string Override6 = "2001:db8:53::7";

    public const string LanPeer4 = "192.168.77.9";
    public const string LanPeer6 = "fd00:77::9";

    public const int Echo = 7;
    public const int MultipathEcho = 77;

    /// <summary>The A record of side.test and big.test, from the given server asked by the given side.</summary>
    public static string Answer4(Side side, string server, int port = 53) =>
        $"10.{side.Number}.{port % 256}.{LastByte(server)}";

    /// <summary>The AAAA record of side.test and big.test.</summary>
    public static string Answer6(Side side, string server, int port = 53) =>
        $"fd00::{side.Number}:{port % 256:x}:{LastByte(server):x}";

    public static string WebUrl(string address) => address.Contains(':', StringComparison.Ordinal) ? $"http://[{address}]/" : $"http://{address}/";

    private static byte LastByte(string server) => System.Net.IPAddress.Parse(server).GetAddressBytes()[^1];
}
