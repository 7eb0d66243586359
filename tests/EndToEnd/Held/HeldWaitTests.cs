using System.Globalization;
using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>A call that waits, which the supervisor makes for the program, ends as the kernel's own does.</summary>
[Collection(HeldCollection.Name)]
public sealed partial class HeldWaitTests(Lab lab) : LabTest(lab)
{
    /// <summary>Two DNS servers that do not answer: the one that is asked, and the one that is asked instead.</summary>
    private const string Server = "203.0.113.98";
    private const string Redirected = $"--interface ovpn --dns {Internet.Silent4}";
    private const string Bound = "--interface ovpn";


    [LabTheory]
    [Everyone]
    public void Receiving_ends_with_a_shutdown_in_another_thread(Who who) =>
        AsWithout(who, Redirected, "recvfrom 0\n", () => ["wait-shutdown", Server, "53"]);

    [LabTheory]
    [Everyone]
    public void Receiving_with_something_in_the_error_queue_is_interrupted_by_signals(Who who) =>
        AsWithout(who, Redirected, "the timer's handler is called\nended by signal 15\n", () => ["wait-error", Server, "53", Internet.Web4, "7"]);

    [LabTheory]
    [Everyone]
    public void Sending_with_a_time_stamp_unread_ends_with_its_timeout(Who who) =>
        AsWithout(who, Bound, "sendto EAGAIN in time\n", () => ["stamped-timeout", Neighbours.Nobody(), "9", Internet.Web4, "7"]);

    [LabTheory]
    [Everyone]
    public void Sending_with_a_time_stamp_unread_is_interrupted_by_an_alarm(Who who) =>
        AsWithout(who, Bound, "sendto EINTR in time\n", () => ["stamped-alarm", Neighbours.Nobody(), "9", Internet.Web4, "7"]);

    [LabTheory]
    [Everyone]
    public void Receiving_with_a_timeout_is_not_restarted_after_a_signal(Who who) =>
        AsWithout(who, Redirected, "recvfrom EINTR in time\n", () => ["restart-receive", Server, "53"]);

    [LabTheory]
    [Everyone]
    public void Sending_with_a_timeout_is_not_restarted_after_a_signal(Who who) =>
        AsWithout(who, Bound, "sendto EINTR in time\n", () => ["restart-send", Neighbours.Nobody(), "9"]);

    [LabTheory]
    [Everyone]
    public void A_short_timeout_is_short(Who who)
    {
        // How long the kernel takes for it depends on its clock (CONFIG_HZ). The best of several is no matter of load.
        const int Tolerance = 5;
        string[] Words() => HeldProgram.Words("short-timeouts", Server, "53", Neighbours.Nobody(), "9");
        var (receiving, sending) = Shortest(Lab.Run(who, Words()));
        var supervised = Lab.Supervised(who, Redirected, Words());

        var (receivingSupervised, sendingSupervised) = Shortest(supervised);

        Assert.True(receivingSupervised <= receiving + Tolerance, $"without the supervisor {receiving} ms: {supervised}");
        Assert.True(sendingSupervised <= sending + Tolerance, $"without the supervisor {sending} ms: {supervised}");
    }

    [LabTheory]
    [Everyone]
    public void A_vector_that_has_to_wait_for_room_is_sent_whole(Who who)
    {
        SentOnceTheNeighbourIsThere(neighbour => HeldProgram.Words("slow-vector", neighbour, "9"));
        SentOnceTheNeighbourIsThere(neighbour => Lab.Supervise(Bound, HeldProgram.Words("slow-vector", neighbour, "9")));

        void SentOnceTheNeighbourIsThere(Func<string, string[]> words)
        {
            var neighbour = Neighbours.Nobody();
            using var running = Lab.Start(who, words(neighbour));
            running.WaitForOutput("sending");
            Thread.Sleep(300); // it is then out of room; where it is not yet, this proves less
            Assert.DoesNotContain("sendmmsg", running.Output, StringComparison.Ordinal);
            Lab.Run(Who.Root, "ip", "neigh", "replace", neighbour, "lladdr", "02:00:00:00:00:01", "dev", "ovpn").Succeeds();
            running.Finish().Says("sending\nsendmmsg 20\n");
        }
    }

    [LabTheory]
    [Everyone]
    public void Six_hundred_that_wait_cost_others_nothing(Who who)
    {
        var words = HeldProgram.Words("meanwhile", "waiters", "2000", Server, "53");

        // The usual limit of descriptors: what waits may not use them up.
        var result = Lab.Run(who, ["sh", "-c", "ulimit -n 1024; exec \"$@\"", "sh", .. Lab.Supervise(Redirected, words)]).Succeeds();

        var match = Figures().Match(result.Output);
        Assert.True(match.Success, $"no figures in {result}");
        Assert.True(match.Groups[2].Value == "0", $"connects failed of {result}");
        Assert.True(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) < 1000, $"another program's connect had to wait: {result}");
        Assert.True(int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) < 500, $"the supervisor did not idle: {result}");
    }

    private void AsWithout(Who who, string options, string output, Func<string[]> words)
    {
        Lab.Run(who, HeldProgram.Words(words())).Says(output);
        Lab.Reset();

        Lab.Supervised(who, options, HeldProgram.Words(words())).Says(output);

        Lab.NothingLeftBy(Side.Lan0);
    }

    private static (int Receiving, int Sending) Shortest(Result result)
    {
        var match = Timeouts().Match(result.Succeeds().Output);
        Assert.True(match.Success, $"no figures in {result}");
        return (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^recvfrom (\d+) sendto (\d+)\n$")]
    private static partial Regex Timeouts();

    [GeneratedRegex(@"^longest (\d+) of \d+, (\d+) failed, parent (\d+)\n$")]
    private static partial Regex Figures();
}
