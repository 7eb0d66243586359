using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>What --trace tells of programs that nobody wrote for it.</summary>
[Collection(TraceCollection.Name)]
public sealed class TraceProgramsTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("curl -sS http://web4.test/", Internet.Web4, 80)]
    [Everyone("curl -sS http://web6.test/", Internet.Web6, 80)]
    [Everyone("wget -qO- http://web4.test/", Internet.Web4, 80)]
    [Everyone("python3 -c import(urllib.request);print(urllib.request.urlopen('http://web4.test/').read().decode().strip())", Internet.Web4, 80)]
    public void A_connection_is_told_with_its_name_and_its_result(Who who, string command, string address, int port)
    {
        string[] words = [.. command.Split(' ').Select(word => word.Replace("import(urllib.request)", "import urllib.request", StringComparison.Ordinal))];
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, words);

        result.AnsweredBy(Side.Ovpn, address);
        JsonElement line = lines.To(address, port);
        Assert.Equal(Path.GetFileName(words[0]), line.Text("program"));
        Assert.Equal("connect", line.Text("call"));
        Assert.Equal("tcp", line.Text("protocol"));
        Assert.Equal(address == Internet.Web6 ? "web6.test" : "web4.test", line.Text("name"));
        Assert.Equal("bound", line.Text("verdict"));
        Assert.Equal("ovpn", line.Text("interface"));
        Assert.Equal(Side.Ovpn.ClientFor(address), line.Text("sourceAddress"));
        Assert.Equal("established", line.Text("result"));
        Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0);
        Assert.Equal("connected", lines.To(Internet.Dns4, 53).Text("result"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Go's own resolver, of a static program.</summary>
    [LabTheory]
    [Everyone]
    public void A_static_Go_program_is_told_with_the_name_that_it_asked_for(Who who)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Programs.Go("talk"), "tcp", "web4.test:7");

        result.AnsweredBy(Side.Ovpn, Internet.Web4);
        JsonElement line = lines.To(Internet.Web4, 7);
        Assert.Equal("web4.test", line.Text("name"));
        Assert.Equal("established", line.Text("result"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void Dig_is_told(Who who)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, "dig", "+short", "web4.test");

        result.Says($"{Internet.Web4}\n");
        JsonElement line = lines.To(Internet.Dns4, 53);
        Assert.Equal("udp", line.Text("protocol"));
        Assert.Contains(line.Text("result"), (string[])["connected", "sent"]);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_redirected_query_is_told_with_both_servers(Who who)
    {
        var lines = Traces.Json(Lab, who, $"--interface ovpn --dns {Internet.Override4}", out Result result, "getent", "ahostsv4", "side.test");

        Assert.Contains(Internet.Answer4(Side.Ovpn, Internet.Override4), result.Succeeds().Output, StringComparison.Ordinal);
        JsonElement line = lines.To(Internet.Override4, 53);
        Assert.Equal(Internet.Dns4, line.Text("originalAddress"));
        Assert.Equal("53", line.Text("originalPort"));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_excluded_destination_is_told_with_the_address_that_it_went_out_from(Who who)
    {
        var lines = Traces.Json(Lab, who, $"--interface ovpn --exclude {Internet.Web4}", out Result result, "curl", "-sS", Internet.WebUrl(Internet.Web4));

        result.AnsweredBy(Side.Lan0, Internet.Web4);
        JsonElement line = lines.To(Internet.Web4, 80);
        Assert.Equal("excluded", line.Text("verdict"));
        Assert.Equal(Side.Lan0.Address4, line.Text("sourceAddress"));
        Assert.Equal("established", line.Text("result"));
    }

    [LabTheory]
    [Everyone("--interface nosuch0", "ENETUNREACH")]
    public void A_refusal_is_told_with_errno_and_reason(Who who, string options, string error)
    {
        var lines = Traces.Json(Lab, who, options, out Result result, Programs.C("talk"), Internet.Web4, "7");

        result.ExitsWith(1);
        JsonElement line = lines.To(Internet.Web4, 7);
        Assert.Equal("refused", line.Text("verdict"));
        Assert.Equal(error, line.Text("errno"));
        Assert.NotEmpty(line.Text("reason")!);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(17, 3, "EAFNOSUPPORT")]
    [Everyone(2, 10, "EAFNOSUPPORT")]
    public void What_the_filter_refuses_is_told(Who who, int family, int type, string error)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Programs.C("observed"), "socket", $"{family}", $"{type}", "0");

        result.Says($"socket {error}\n");
        JsonElement line = Assert.Single(lines);
        Assert.Equal($"socket({family}, {type}, 0)", line.Text("refused"));
        Assert.Equal("refused", line.Text("verdict"));
        Assert.Equal(error, line.Text("errno"));
    }
}
