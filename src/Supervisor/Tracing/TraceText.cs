using System.Globalization;
using System.Text;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>Makes the lines of the trace for a person: in columns and coloured for a terminal, plain else.</summary>
/// <param name="isForTerminal">Whether in columns.</param>
/// <param name="isColoured">Whether coloured.</param>
internal sealed class TraceText(bool isForTerminal, bool isColoured)
{
    private const string Red = "31", Green = "32", Yellow = "33";

    private static readonly int[] Widths = [12, 20, 15, 44, 16, 26];

    /// <summary>One line, with its end.</summary>
    public string LineOf(TraceRecord record)
    {
        Decision decision = record.Decision;
        string[] columns =
        [
            record.Time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{decision.Caller?.Program ?? "?"}[{decision.Caller?.Process ?? 0}]").OneLine(),
            record.HasDestination ? $"{record.Call} {Words.ProtocolOf(decision)}" : record.Call,
            DestinationOf(record).OneLine(),
            VerdictOf(record),
            record.Local is Endpoint local ? $"from {local}" : "-",
            ResultOf(record).OneLine(),
        ];
        var line = new StringBuilder();
        for (int i = 0; i < columns.Length; i++)
        {
            string padding = isForTerminal && i < Widths.Length ? new string(' ', Math.Max(0, Widths[i] - columns[i].Length)) : "";
            string? colour = !isColoured ? null : i switch
            {
                4 => ColourOf(record),
                6 when record.Result.Kind == ResultKind.Failed => Red,
                _ => null,
            };
            line.Append(i > 0 ? isForTerminal ? "  " : " " : "");
            line.Append(colour is null ? columns[i] : $"\e[{colour}m{columns[i]}\e[0m").Append(padding);
        }

        return line.Append('\n').ToString();
    }

    /// <summary>The destination with its name, and the server that the program named.</summary>
    public static string DestinationOf(TraceRecord record)
    {
        Decision decision = record.Decision;
        if (!record.HasDestination)
        {
            return decision.Subject.Length == 0 ? "-" : decision.Subject;
        }

        string name = record.Name is null ? "" : $" ({record.Name})";
        string original = decision.Verdict.Original is Endpoint asked ? $" instead of {asked}" : "";
        return $"{decision.Verdict.Destination}{name}{original}";
    }

    private static string VerdictOf(TraceRecord record)
    {
        Decision decision = record.Decision;
        bool isDry = decision.Seen.IsDry && decision.Verdict.Kind is VerdictKind.Bind or VerdictKind.Refuse && decision.Kind != DecisionKind.UnixSocket;
        string verdict = isDry ? $"would be {record.Verdict}" : record.Verdict;
        return decision.Verdict is { Interface: string name, Kind: VerdictKind.Bind } ? $"{verdict} {name}" : verdict;
    }

    private static string ResultOf(TraceRecord record)
    {
        Decision decision = record.Decision;
        if (decision.Kind == DecisionKind.UnixSocket)
        {
            return record.Peer is UnixPeer peer
                ? string.Create(CultureInfo.InvariantCulture, $"connected to {peer.Program}[{peer.Process}], which is not supervised")
                : "connected to a program that is not known";
        }

        if (decision.Verdict.Kind == VerdictKind.Refuse && !(decision.Seen.IsDry && decision.Kind == DecisionKind.Judged))
        {
            return decision.Verdict.Reason.Length == 0 ? decision.Verdict.Error.ToString() : $"{decision.Verdict.Error}: {decision.Verdict.Reason}";
        }

        string after = record.Milliseconds is double time ? string.Create(CultureInfo.InvariantCulture, $" after {Rounded(time)} ms") : "";
        return record.Result.Kind switch
        {
            ResultKind.Established => $"established{after}",
            ResultKind.Connected => "connected",
            ResultKind.Sent => "sent",
            ResultKind.Failed => $"{record.Result.Error}{after}",
            _ => $"result unknown: {record.Result.Reason}",
        };
    }

    /// <summary>Whole milliseconds, and tenths below ten.</summary>
    private static string Rounded(double time) => time.ToString(time < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string ColourOf(TraceRecord record) => record switch
    {
        { Decision: { Kind: DecisionKind.UnixSocket } or { Seen.IsElsewhere: true } } => Red,
        { Decision.Verdict.Kind: VerdictKind.Bind } => Green,
        { Decision.Verdict.Kind: VerdictKind.Refuse } => Red,
        _ => Yellow,
    };
}
