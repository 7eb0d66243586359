using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// The fields of a decision in the log, the same for all kinds of decisions (docs/log.schema.json). The message shows some of them.
/// </summary>
/// <param name="Template">The template of the message.</param>
internal readonly record struct DecisionFields(string Template)
{
    /// <summary>What the key of the message's template is for Microsoft.Extensions.Logging.</summary>
    private const string TemplateKey = "{OriginalFormat}";

    /// <summary>What to do about it, for a person.</summary>
    public string? Remedy { get; init; }

    /// <summary>The fields, and the template.</summary>
    public KeyValuePair<string, object?>[] Of(Decision decision, Caller caller)
    {
        Verdict verdict = decision.Verdict;
        bool isJudged = decision.Kind == DecisionKind.Judged;
        bool isRefused = verdict.Kind == VerdictKind.Refuse;
        Endpoint? address = decision.HasDestination ? verdict.Destination : null;
        string? destination = decision.Kind == DecisionKind.Unreachable ? null
            : !isJudged ? decision.Subject
            : !decision.HasDestination ? "-"
            : verdict.Rewritten && !isRefused ? $"{verdict.Destination} (DNS override)"
            : verdict.Destination.ToString();
        return
        [
            new("Program", caller.Program),
            new("Pid", caller.Process),
            new("Call", FilterDump.NameOf(decision.Call.SystemCall)),
            new("Protocol", isJudged ? Words.ProtocolOf(decision) : decision.Kind is DecisionKind.ResolverDaemon or DecisionKind.UnixSocket ? "unix" : null),
            new("Destination", destination),
            new("Address", address?.Address.ToString()),
            new("Port", (int?)address?.Port),
            new("Verdict", decision.Kind == DecisionKind.UnixSocket ? "unsupervised" : Words.VerdictOf(verdict.Kind)),
            new("Interface", verdict.Interface ?? "-"),
            new("Source", verdict.Source?.ToString()),
            new("OriginalAddress", verdict.Original?.Address.ToString()),
            new("OriginalPort", (int?)verdict.Original?.Port),
            new("Errno", isRefused ? verdict.Error.ToString() : null),
            new("Reason", string.IsNullOrEmpty(verdict.Reason) ? null : verdict.Reason),
            new("Remedy", Remedy),
            new("DryRun", decision.Seen.IsDry),
            new(TemplateKey, decision.Seen.IsDry ? $"{Template} (dry run)" : Template),
        ];
    }

    /// <summary>The message in text, for a logger that knows no templates.</summary>
    public static string TextOf(KeyValuePair<string, object?>[] fields) =>
        string.Join(' ', fields.Where(field => field.Key != TemplateKey).Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Key}={field.Value}")));
}
