using System.Diagnostics;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

public sealed class TraceTextTests
{
    private const string Start = "03:04:05.678 curl[4711] connect tcp 198.51.100.1:80";

    private static readonly TraceText Plain = new(isForTerminal: false, isColoured: false);

    [Fact]
    public void A_line_has_all_that_is_known()
    {
        long begun = Stopwatch.GetTimestamp();
        var seen = new Observed { Begun = begun, Local = Traced.Local };
        var result = new CallResult(ResultKind.Established, Time: begun + Stopwatch.Frequency * 12 / 1000);
        TraceRecord record = Traced.Record(Traced.Decision(Traced.Bound) with { Seen = seen }, result) with { Name = "web.test" };

        Assert.Equal($"{Start} (web.test) bound ovpn from 10.8.0.2:40123 established after 12 ms\n", Plain.LineOf(record));
    }

    [Fact]
    public void Tenths_of_milliseconds_are_told_below_ten()
    {
        var seen = new Observed { Begun = 1 };
        var result = new CallResult(ResultKind.Failed, Errno.ECONNREFUSED, Time: 1 + Stopwatch.Frequency * 34 / 10_000);

        Assert.Equal($"{Start} bound ovpn - ECONNREFUSED after 3.4 ms\n", Plain.LineOf(Traced.Record(Traced.Decision(Traced.Bound) with { Seen = seen }, result)));
    }

    [Fact]
    public void A_refusal_says_why() =>
        Assert.Equal($"{Start} refused - ENETUNREACH: no such device\n", Plain.LineOf(Traced.Record(Traced.Decision(Traced.Refused))));

    [Fact]
    public void A_redirected_query_names_both_servers()
    {
        Verdict verdict = Traced.Bound with { Rewritten = true, Original = new Endpoint(IpAddress.FromIPv4(0xcb00_7135), 53) };

        Assert.Equal(
            $"{Start} instead of 203.0.113.53:53 bound ovpn - connected\n",
            Plain.LineOf(Traced.Record(Traced.Decision(verdict), new CallResult(ResultKind.Connected))));
    }

    [Fact]
    public void What_is_not_known_is_said_so() => Assert.Equal(
        $"{Start} bound ovpn - result unknown: the program ended before that was known\n",
        Plain.LineOf(Traced.Record(Traced.Decision(Traced.Bound), CallResult.Unknown("the program ended before that was known"))));

    [Fact]
    public void A_dry_run_says_what_would_be()
    {
        var dry = new Observed { IsDry = true };

        Assert.Contains(" would be bound ovpn ", Plain.LineOf(Traced.Record(Traced.Decision(Traced.Bound) with { Seen = dry })), StringComparison.Ordinal);
        Assert.Contains(" would be refused ", Plain.LineOf(Traced.Record(Traced.Decision(Traced.Refused) with { Seen = dry })), StringComparison.Ordinal);
        Assert.Contains(
            " excluded ", Plain.LineOf(Traced.Record(Traced.Decision(new Verdict(VerdictKind.Exclude, Traced.Web)) with { Seen = dry })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_unix_socket_is_told_with_who_listens_there()
    {
        TraceRecord record = Traced.Record(Traced.Decision(default, DecisionKind.UnixSocket) with { Subject = "/run/docker.sock" });

        Assert.Equal(
            "03:04:05.678 curl[4711] connect /run/docker.sock unsupervised - connected to dockerd[7], which is not supervised\n",
            Plain.LineOf(record with { Peer = new UnixPeer("dockerd", 7) }));
        Assert.EndsWith("connected to a program that is not known\n", Plain.LineOf(record), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_filter_refused_is_told_with_its_arguments()
    {
        Verdict verdict = default(Verdict).Refuse(Errno.EAFNOSUPPORT, "why");

        Assert.Equal(
            "03:04:05.678 curl[4711] socket socket(17, 3, 768) refused - EAFNOSUPPORT: why\n",
            Plain.LineOf(Traced.Record(Traced.Decision(verdict, DecisionKind.Filtered, call: SystemCall.Socket) with { Subject = "socket(17, 3, 768)" })));
    }

    [Fact]
    public void Text_of_others_cannot_break_a_line_or_reach_a_terminal()
    {
        string line = Plain.LineOf(Traced.Record(Traced.Decision(Traced.Bound, program: "a\n\e[2J\u202e")) with { Name = "a\n\eb" });

        Assert.Single(line, c => char.IsControl(c));
        Assert.DoesNotContain('\u202e', line);
    }

    [Fact]
    public void A_terminal_gets_columns_and_colours()
    {
        var aligned = new TraceText(isForTerminal: true, isColoured: false);
        var coloured = new TraceText(isForTerminal: true, isColoured: true);
        TraceRecord one = Traced.Record(Traced.Decision(Traced.Bound)), other = Traced.Record(Traced.Decision(Traced.Refused, program: "a-long-name"));

        Assert.Equal(aligned.LineOf(one).IndexOf("198.", StringComparison.Ordinal), aligned.LineOf(other).IndexOf("198.", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', aligned.LineOf(one));
        Assert.Contains("\e[32mbound ovpn\e[0m", coloured.LineOf(one), StringComparison.Ordinal);
        Assert.Contains("\e[31mrefused\e[0m", coloured.LineOf(other), StringComparison.Ordinal);
    }
}
