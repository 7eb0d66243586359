using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>What became of a connection is told, and the program sees what it sees without the supervisor.</summary>
[Collection(TraceCollection.Name)]
public sealed class TraceResultTests(Lab lab) : LabTest(lab)
{
    private const string Closed = "9", Echo = "7";

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Internet.Web6)]
    public void An_established_connection_is_told_with_its_time(Who who, string how, string address)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, [Programs.C("talk"), .. Words(how), address, Echo]);

        result.AnsweredBy(Side.Ovpn, address);
        AssertEstablished(lines.To(address, 7), address);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Internet.Web6)]
    public void A_refused_port_is_told(Who who, string how, string address)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, [Programs.C("talk"), .. Words(how), address, Closed]);

        Assert.Contains("ECONNREFUSED", result.ExitsWith(1).Output + result.Error, StringComparison.Ordinal);
        JsonElement line = lines.To(address, 9);
        Assert.Equal("failed", line.Text("result"));
        Assert.Equal("ECONNREFUSED", line.Text("errno"));
        Assert.Equal("bound", line.Text("verdict"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("connect", "connected")]
    [Everyone("send", "sent")]
    public void A_datagram_is_told_once_for_a_socket_and_a_destination(Who who, string how, string outcome)
    {
        string[] program = how == "connect" ? [Programs.C("talk"), "-u", Internet.Web4, Echo] : [Programs.C("observed"), "send", Internet.Web4, Echo, "5"];
        JsonElement line = Traces.Json(Lab, who, "--interface ovpn", out Result result, program).To(Internet.Web4, 7);

        result.Succeeds();
        Assert.Equal("udp", line.Text("protocol"));
        Assert.Equal(outcome, line.Text("result"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>To all hosts, without SO_BROADCAST: the kernel's own error of a datagram's connect.</summary>
    [LabTheory]
    [Everyone]
    public void A_connect_that_the_kernel_refuses_is_told(Who who)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Programs.C("talk"), "-u", "255.255.255.255", Echo);

        result.ExitsWith(1);
        JsonElement line = lines.To("255.255.255.255", 7);
        Assert.Equal(("bound", "failed", "EACCES"), (line.Text("verdict"), line.Text("result"), line.Text("errno")));
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>
    /// Timeouts, signals with and without SA_RESTART, a socket that is used again after a failure, one that is closed while it
    /// connects, and SO_ERROR with all that can be wrong about its arguments.
    /// </summary>
    [LabTheory]
    [Everyone("timeout", Internet.Silent4, Echo, "EINPROGRESS")]
    [Everyone("alarm", Internet.Silent4, Echo, null!)]
    [Everyone("restart", Internet.Silent4, Echo, null!)]
    [Everyone("closed", Internet.Silent4, Echo, null!)]
    [Everyone("asked", Internet.Web4, Closed, "ECONNREFUSED")]
    [Everyone("unasked", Internet.Web4, Closed, null!)]
    public void A_program_sees_the_same_with_trace_and_without_the_supervisor(Who who, string way, string address, string port, string? error)
    {
        string[] program = [Programs.C("observed"), way, address, port];
        string plain = Lab.Run(who, program).Succeeds().Output;
        Lab.Reset();

        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, program);

        Assert.Equal(plain, result.Succeeds().Output);
        Assert.DoesNotContain("too", plain, StringComparison.Ordinal);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(error is null ? "unknown" : "failed", line.Text("result")));
        Assert.All(lines, line => Assert.Equal(error, line.Text("errno")));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_socket_connects_after_a_connect_that_failed(Who who)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Programs.C("observed"), "again", Internet.Web4, Closed, Echo);

        Assert.StartsWith(
            $"connect ECONNREFUSED\nSO_ERROR 0\nconnect ok\nconnect EISCONN\novpn {Side.Ovpn.Address4} ", result.Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal("ECONNREFUSED", lines.To(Internet.Web4, 9).Text("errno"));
        AssertEstablished(lines.To(Internet.Web4, 7), Internet.Web4);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The time is that of the connect, also where the wait is long.</summary>
    [LabTheory]
    [Everyone]
    public void A_timeout_is_told_with_its_time(Who who)
    {
        JsonElement line = Traces.Json(Lab, who, "--interface ovpn", out _, Programs.C("observed"), "timeout", Internet.Silent4, Echo).To(Internet.Silent4, 7);

        Assert.InRange(line.GetProperty("milliseconds").GetDouble(), 290, 20_000);
    }

    [LabTheory]
    [Everyone]
    public void Many_threads_that_wait_are_told_each(Who who)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Programs.C("talk"), "-t", "32", Internet.Web4, Echo);

        result.AnsweredBy(Side.Ovpn, Internet.Web4);
        Assert.Equal(32, lines.Count(line => line.Text("result") == "established"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static void AssertEstablished(JsonElement line, string address)
    {
        Assert.Equal("established", line.Text("result"));
        Assert.Equal("bound", line.Text("verdict"));
        Assert.Equal("ovpn", line.Text("interface"));
        Assert.Equal(Side.Ovpn.ClientFor(address), line.Text("sourceAddress"));
        Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0);
    }

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
