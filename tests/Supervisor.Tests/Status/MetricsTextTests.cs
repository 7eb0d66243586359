using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

public sealed class MetricsTextTests
{
    [Fact]
    public void It_has_every_series_that_there_may_be()
    {
        var none = new InterfaceCounts(null);
        none.Add(CountedDecision.Excluded, 3);
        var bound = new InterfaceCounts("ovpn");
        bound.Add(CountedDecision.Bound, 41);
        SupervisorStatus status = Statuses.Curl with { Since = DateTimeOffset.UnixEpoch.AddSeconds(1.5) };

        Assert.Equal(
            """
            # HELP bti_info The supervisor and its program.
            # TYPE bti_info gauge
            bti_info{supervisor="news",version="1.0",program="curl",interface="ovpn",pid="4711"} 1
            # HELP bti_running 1 while the supervisor runs; 0 is the last that it writes.
            # TYPE bti_running gauge
            bti_running{supervisor="news"} 1
            # HELP bti_start_time_seconds When the program was started, in seconds since 1970.
            # TYPE bti_start_time_seconds gauge
            bti_start_time_seconds{supervisor="news"} 1.5
            # HELP bti_decisions_total Calls that were judged, by verdict and by the interface that it names.
            # TYPE bti_decisions_total counter
            bti_decisions_total{supervisor="news",verdict="passed",interface=""} 0
            bti_decisions_total{supervisor="news",verdict="excluded",interface=""} 3
            bti_decisions_total{supervisor="news",verdict="refused",interface=""} 0
            bti_decisions_total{supervisor="news",verdict="failed",interface=""} 0
            bti_decisions_total{supervisor="news",verdict="bound",interface="ovpn"} 41
            bti_decisions_total{supervisor="news",verdict="refused",interface="ovpn"} 0
            # HELP bti_redirected_total How many of these were redirected by --dns.
            # TYPE bti_redirected_total counter
            bti_redirected_total{supervisor="news"} 5
            # HELP bti_interface_up 1 while the interface is there, is switched on, and has an address.
            # TYPE bti_interface_up gauge
            bti_interface_up{supervisor="news",interface="ovpn"} 1

            """,
            MetricsText.Make("news", status, [none, bound], "1.0", isRunning: true));
    }

    [Fact]
    public void A_name_cannot_end_its_label()
    {
        SupervisorStatus status = Statuses.Curl with { Program = "a\"} 1\nb\\c" };

        Assert.Contains("program=\"a\\\"} 1?b\\\\c\"", MetricsText.Make("x", status, [], "1.0", isRunning: false), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_has_its_series_before_the_first_call() =>
        Assert.Contains("verdict=\"bound\",interface=\"ovpn\"} 0", MetricsText.Make("x", Statuses.Curl, [new InterfaceCounts(null)], "1.0", isRunning: true), StringComparison.Ordinal);
}
