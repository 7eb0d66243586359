using System.Text;
using System.Text.Json;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>Makes the lines of the trace as JSON objects. docs/trace.schema.json describes them.</summary>
internal static class TraceJson
{
    /// <summary>One object in one line, with its end.</summary>
    public static string LineOf(TraceRecord record)
    {
        Decision decision = record.Decision;
        Verdict verdict = decision.Verdict;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time", record.Time);
            json.WriteString("program", decision.Caller?.Program ?? "?");
            json.WriteNumber("pid", decision.Caller?.Process ?? 0);
            json.WriteString("call", record.Call);
            if (record.HasDestination)
            {
                json.WriteString("protocol", Words.ProtocolOf(decision));
                Write(json, "address", "port", verdict.Destination);
                Write(json, "name", record.Name);
            }

            Write(json, decision.Kind == DecisionKind.Filtered ? "refused" : "path", decision.Subject.Length == 0 ? null : decision.Subject);
            json.WriteString("verdict", record.Verdict);
            json.WriteBoolean("dryRun", decision.Seen.IsDry);
            Write(json, "interface", record.Interface);
            Write(json, "originalAddress", "originalPort", verdict.Original);
            Write(json, "sourceAddress", "sourcePort", record.Local);
            if (record.Peer is UnixPeer peer)
            {
                json.WriteString("peerProgram", peer.Program);
                json.WriteNumber("peerPid", peer.Process);
            }

            WriteResult(json, record);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()).EscapedInJson() + '\n';
    }

    private static void WriteResult(Utf8JsonWriter json, TraceRecord record)
    {
        Decision decision = record.Decision;
        bool isRefused = decision.Verdict.Kind == VerdictKind.Refuse && !(decision.Seen.IsDry && decision.Kind == DecisionKind.Judged);
        CallResult result = isRefused ? new(ResultKind.Failed, decision.Verdict.Error) : record.Result;
        json.WriteString("result", decision.Kind == DecisionKind.UnixSocket ? "connected" : result.Kind switch
        {
            ResultKind.Established => "established",
            ResultKind.Connected => "connected",
            ResultKind.Sent => "sent",
            ResultKind.Failed => "failed",
            _ => "unknown",
        });
        Write(json, "errno", result.Kind == ResultKind.Failed ? result.Error.ToString() : null);
        if (!isRefused && record.Milliseconds is double time)
        {
            json.WriteNumber("milliseconds", Math.Round(time, 3));
        }

        string reason = decision.Verdict.Kind == VerdictKind.Refuse ? decision.Verdict.Reason : result.Kind == ResultKind.Unknown ? result.Reason : "";
        Write(json, "reason", reason.Length == 0 || decision.Kind == DecisionKind.UnixSocket ? null : reason);
    }

    private static void Write(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void Write(Utf8JsonWriter json, string address, string port, Endpoint? endpoint)
    {
        if (endpoint is Endpoint known)
        {
            json.WriteString(address, known.Address.ToString());
            json.WriteNumber(port, known.Port);
        }
    }
}
