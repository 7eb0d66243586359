using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

public sealed class SummaryTests
{
    private readonly NameTable names = new();

    private readonly Summary summary;

    public SummaryTests() => summary = new Summary(names);

    [Fact]
    public void The_last_line_is_the_count_of_what_left_by_another_interface()
    {
        Publish(Traced.Bound, 41);
        Publish(new Verdict(VerdictKind.Exclude, Traced.Web), 3);
        Publish(Traced.Refused, 2);

        Assert.Equal("0 connections left by another interface: 41 bound, 3 excluded, 2 refused", Lines()[^1]);
    }

    [Fact]
    public void What_was_to_be_bound_and_was_not_is_counted_and_comes_first()
    {
        Publish(Traced.Refused, 2);
        summary.Publish(Traced.Decision(Traced.Bound, program: "wget") with { Seen = new Observed { IsElsewhere = true } });

        Assert.Equal("wget  198.51.100.1:80  1 left by another interface", Lines()[0]);
        Assert.Equal("1 connection left by another interface: 0 bound, 0 excluded, 2 refused", Lines()[^1]);
    }

    [Fact]
    public void Without_an_interface_all_that_is_not_excluded_leaves_by_another()
    {
        Publish(new Verdict(VerdictKind.Pass, Traced.Web), 7);

        Assert.Equal("7 connections left by another interface: 0 bound, 0 excluded, 0 refused", Lines()[^1]);
    }

    [Fact]
    public void Refused_and_excluded_come_first()
    {
        Publish(Traced.Bound, 9);
        Publish(new Verdict(VerdictKind.Exclude, Other(1)), 3);
        Publish(Traced.Bound with { Destination = Other(2) }, 20);
        Publish(Traced.Refused with { Destination = Other(3) }, 1);

        Assert.Equal(
            ["curl  10.0.0.3:80      1 refused", "curl  10.0.0.1:80      3 excluded", "curl  10.0.0.2:80      20 bound", "curl  198.51.100.1:80  9 bound"], Lines()[..^1]);
    }

    [Fact]
    public void Programs_are_told_apart_and_names_are_told()
    {
        names.Add(Traced.Web.Address, "web.test");
        Publish(Traced.Bound, 1);
        summary.Publish(Traced.Decision(Traced.Bound, program: "wget"));

        Assert.Equal(["curl  198.51.100.1:80 (web.test)  1 bound", "wget  198.51.100.1:80 (web.test)  1 bound"], Lines()[..^1]);
    }

    [Fact]
    public void A_datagram_of_a_socket_that_has_sent_there_is_not_counted_again()
    {
        summary.Publish(Traced.Decision(Traced.Bound));
        summary.Publish(Traced.Decision(Traced.Bound) with { Seen = new Observed { IsRepeated = true } });

        Assert.Equal("curl  198.51.100.1:80  1 bound", Lines()[0]);
    }

    [Fact]
    public void Destinations_beyond_the_limit_are_counted_together()
    {
        for (int i = 0; i < Summary.Capacity + 5; i++)
        {
            summary.Publish(Traced.Decision(Traced.Bound with { Destination = Other((uint)i) }));
        }

        Assert.Equal(Summary.Capacity + 2, Lines().Length);
        Assert.Equal($"others, beyond {Summary.Capacity} destinations: 5 bound", Lines()[^2]);
        Assert.Equal($"0 connections left by another interface: {Summary.Capacity + 5} bound, 0 excluded, 0 refused", Lines()[^1]);
    }

    [Fact]
    public void A_dry_run_says_that_all_took_the_normal_route()
    {
        Publish(Traced.Bound, 2);
        Publish(Traced.Refused, 1);

        Assert.Equal("dry run: 3 connections took the normal route: 2 would be bound, 0 excluded, 1 would be refused", Lines(isDry: true)[^1]);
    }

    [Fact]
    public void A_program_that_is_not_supervised_is_told_and_is_no_connection_that_left()
    {
        summary.Tell(Traced.Record(Traced.Decision(default, DecisionKind.UnixSocket) with { Subject = "/run/docker.sock" }) with { Peer = new UnixPeer("dockerd", 7) });

        Assert.Equal("curl  /run/docker.sock (dockerd[7])  1 to a program that is not supervised", Lines()[0]);
        Assert.Equal("0 connections left by another interface: 0 bound, 0 excluded, 0 refused", Lines()[^1]);
    }

    private static Endpoint Other(uint number) => new(IpAddress.FromIPv4(0x0a00_0000 + number), 80);

    private void Publish(in Verdict verdict, int times)
    {
        for (int i = 0; i < times; i++)
        {
            summary.Publish(Traced.Decision(verdict));
        }
    }

    private string[] Lines(bool isDry = false)
    {
        (IReadOnlyList<(SummaryKey, SummaryCounts)> apart, SummaryCounts others) = summary.Read();
        return [.. SummaryText.Lines(apart, others, isDry)];
    }
}
