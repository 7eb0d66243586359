using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Logging;

/// <summary>The words of a decision: protocols (socket(2), protocols(5)) and verdicts.</summary>
internal static class Words
{
    /// <summary>The name of what a socket speaks; a number for what is not known by a name.</summary>
    public static string ProtocolOf(Decision decision) => (decision.Type, decision.Protocol) switch
    {
        (Linux.SOCK_RAW, _) => "raw",
        (_, 6) => "tcp",
        (_, 17) => "udp",
        (_, 1 or 58) => "icmp",
        (_, 132) => "sctp",
        (_, 136) => "udplite",
        (_, int protocol) => protocol.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A verdict in one word.</summary>
    public static string VerdictOf(VerdictKind kind) => kind switch
    {
        VerdictKind.Bind => "bound",
        VerdictKind.Exclude => "excluded",
        VerdictKind.Pass => "passed",
        _ => "refused",
    };
}
