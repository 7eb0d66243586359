using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>Calls whose destination is in memory that the kernel alone can read: they are told and counted as all others are.</summary>
[Collection(TraceCollection.Name)]
public sealed class TraceUnreadTests(Lab lab) : LabTest(lab)
{
    /// <summary>Where names are redirected by the address, it must be known: the call fails.</summary>
    [LabTheory]
    [Ways("pages-perf-ring", By = [WaysDoor.Native])]
    public void One_that_is_refused_is_in_trace_summary_and_log(Who who, WaysDoor door, string way)
    {
        const string Reason = "its destination is in memory that only the kernel can read";
        var lines = Traces.Json(Lab, who, $"--interface ovpn --dns {Internet.OtherWeb4} --summary", out Result result, Words(door, way));

        Assert.Contains("perf-ring connect-address EFAULT", result.Succeeds().Output, StringComparison.Ordinal);
        Assert.All(["connect", "sendto"], call =>
        {
            JsonElement line = Assert.Single(lines, line => line.Text("call") == call && line.Text("address") is null);
            Assert.Equal(("refused", "EFAULT", Reason), (line.Text("verdict"), line.Text("errno"), line.Text("reason")));
        });
        Assert.Contains(result.ErrorLines, line => line.EndsWith($": EFAULT: {Reason}", StringComparison.Ordinal));
        Assert.Contains(result.ErrorLines, line => line.Contains(" connect ", StringComparison.Ordinal) && line.EndsWith(" 1 refused", StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("pages-perf-ring", By = [WaysDoor.Native])]
    public void One_that_goes_on_bound_is_told(Who who, WaysDoor door, string way)
    {
        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, Words(door, way));

        Assert.DoesNotContain("EFAULT", result.Succeeds().Output, StringComparison.Ordinal);
        JsonElement line = Assert.Single(lines, line => line.Text("call") == "connect");
        Assert.Equal(("bound", "ovpn", null), (line.Text("verdict"), line.Text("interface"), line.Text("address")));
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static string[] Words(WaysDoor door, string way) => WaysProgram.Words(door, $"--other {Internet.OtherWeb4}", way, Internet.Web4, "7");
}
