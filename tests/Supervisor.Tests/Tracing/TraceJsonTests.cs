using System.Text.Json;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

public sealed class TraceJsonTests
{
    [Fact]
    public void Address_and_port_are_apart()
    {
        var seen = new Observed { Begun = 1, Local = Traced.Local };
        Decision decision = Traced.Decision(Traced.Bound with { Original = new Endpoint(IpAddress.FromIPv4(0xcb00_7135), 53), Rewritten = true }) with { Seen = seen };
        JsonElement line = Parse(Traced.Record(decision, CallResult.Failed(Errno.ECONNREFUSED)) with { Name = "web.test" });

        Assert.Equal("curl", line.GetProperty("program").GetString());
        Assert.Equal(4711, line.GetProperty("pid").GetInt32());
        Assert.Equal("connect", line.GetProperty("call").GetString());
        Assert.Equal("tcp", line.GetProperty("protocol").GetString());
        Assert.Equal("198.51.100.1", line.GetProperty("address").GetString());
        Assert.Equal(80, line.GetProperty("port").GetInt32());
        Assert.Equal("web.test", line.GetProperty("name").GetString());
        Assert.Equal("bound", line.GetProperty("verdict").GetString());
        Assert.Equal("ovpn", line.GetProperty("interface").GetString());
        Assert.Equal("203.0.113.53", line.GetProperty("originalAddress").GetString());
        Assert.Equal(53, line.GetProperty("originalPort").GetInt32());
        Assert.Equal("10.8.0.2", line.GetProperty("sourceAddress").GetString());
        Assert.Equal(40_123, line.GetProperty("sourcePort").GetInt32());
        Assert.Equal("failed", line.GetProperty("result").GetString());
        Assert.Equal("ECONNREFUSED", line.GetProperty("errno").GetString());
        Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0);
    }

    [Fact]
    public void A_refusal_has_errno_and_reason()
    {
        JsonElement line = Parse(Traced.Record(Traced.Decision(Traced.Refused)));

        Assert.Equal("failed", line.GetProperty("result").GetString());
        Assert.Equal("ENETUNREACH", line.GetProperty("errno").GetString());
        Assert.Equal("no such device", line.GetProperty("reason").GetString());
    }

    [Fact]
    public void Text_of_others_is_escaped()
    {
        string text = TraceJson.LineOf(Traced.Record(Traced.Decision(Traced.Bound, program: "a\n\"\u202e\ud800")));

        Assert.Single(text, '\n');
        Assert.DoesNotContain('\u202e', text);
        Assert.StartsWith("a\n\"\u202e", JsonDocument.Parse(text).RootElement.GetProperty("program").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement Parse(TraceRecord record) => JsonDocument.Parse(TraceJson.LineOf(record)).RootElement;
}
