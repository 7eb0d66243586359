namespace BindToInterface.EndToEnd;

/// <summary>The summary at the end of a run.</summary>
[Collection(TraceCollection.Name)]
public sealed class SummaryTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone]
    public void It_counts_by_program_and_destination_refused_first(Who who)
    {
        const string Script = """
            curl -sS http://web4.test/; curl -sS http://web4.test/; wget -qO- http://198.51.100.2/
            curl -sS http://127.0.0.1:9/ 2>/dev/null; true
            """;

        var result = Lab.Supervised(who, $"--interface ovpn --summary --exclude {Internet.OtherWeb4}", "sh", "-c", Script).Succeeds();

        string[] lines = result.ErrorLines;
        Assert.Matches(@"^curl +127\.0\.0\.1:9 +1 refused$", lines[0]);
        Assert.Matches(@"^wget +198\.51\.100\.2:80 +1 excluded$", lines[1]);
        Assert.Contains(lines, line => line.StartsWith("curl", StringComparison.Ordinal) && line.Contains(" 198.51.100.1:80 (web4.test) ", StringComparison.Ordinal) && line.EndsWith(" 2 bound", StringComparison.Ordinal));
        Assert.Matches("^0 connections left by another interface: [0-9]+ bound, 1 excluded, 1 refused$", lines[^1]);
    }

    [LabTheory]
    [Everyone]
    public void Without_an_interface_each_connection_counts_as_one_that_left_by_another(Who who)
    {
        var result = Lab.Supervised(who, "--summary", Programs.C("talk"), Internet.Web4, "7").Succeeds();

        Assert.Equal("1 connection left by another interface: 0 bound, 0 excluded, 0 refused", result.ErrorLines[^1]);
    }

    [LabTheory]
    [Everyone]
    public void A_program_without_connections_has_one_line(Who who) => Assert.Equal(
        ["0 connections left by another interface: 0 bound, 0 excluded, 0 refused"], Lab.Supervised(who, "--interface ovpn --summary", "true").Succeeds().ErrorLines);

    [LabTheory]
    [Everyone]
    public void The_datagrams_of_a_socket_to_one_destination_count_once(Who who)
    {
        var result = Lab.Supervised(who, "--interface ovpn --summary", Programs.C("observed"), "send", Internet.Web4, "7", "20").Succeeds();

        Assert.Equal("0 connections left by another interface: 1 bound, 0 excluded, 0 refused", result.ErrorLines[^1]);
    }

    /// <summary>The bound is on the resident memory of the supervisor, and 40,000 destinations take hardly more than 10,000.</summary>
    [LabTheory]
    [Everyone]
    public void Ten_thousand_destinations_take_little_memory_and_more_take_no_more(Who who)
    {
        const long Most = 24 * 1024;
        int[] counts = [10_000, 40_000];
        long[] resident = [.. counts.Select(count =>
        {
            var result = Lab.Supervised(who, "--interface ovpn --summary", Programs.C("observed"), "many", $"{count}").Succeeds();
            Assert.Equal($"0 connections left by another interface: {count} bound, 0 excluded, 0 refused", result.ErrorLines[^1]);
            Assert.Equal(count > 10_000, result.ErrorLines.Any(line => line.StartsWith("others", StringComparison.Ordinal)));
            return long.Parse(result.OutputLines[^1], System.Globalization.CultureInfo.InvariantCulture);
        })];

        Assert.All(resident, kilobytes => Assert.InRange(kilobytes, 1, Most));
    }
}
