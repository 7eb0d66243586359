namespace BindToInterface.EndToEnd;

/// <summary>--log-file: a file that cannot be written, that fills its disk, that is renamed.</summary>
[Collection(Collections.Parent)]
public sealed class LogFileTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("--log-file")]
    [Everyone("BTI_LOG_FILE")]
    public void A_folder_is_refused_in_words(Who who, string setting)
    {
        string[] command = setting == "--log-file" ? Lab.Supervise("--log-file /tmp", "true") : ["env", "BTI_LOG_FILE=/tmp", .. Lab.Supervise("", "true")];

        Assert.Equal(
            $"bti-supervise: {setting}: '/tmp' cannot be written: Is a directory; accepted is a file that can be appended to",
            Assert.Single(Lab.Run(who, command).ExitsWith(125).ErrorLines));
    }

    [LabFact]
    public void A_full_disk_costs_lines_that_are_counted_and_leaves_no_half_line_with_another_behind_it()
    {
        // 8 KiB hold some of the lines; what filled the disk is removed, then there is room for the last of them.
        var script = $$"""
            mkdir -p /run/full && mount -t tmpfs -o size=8k none /run/full && head -c 4000 /dev/zero >/run/full/other
            {{Lab.Supervisor}} -v -i ovpn --log-file /run/full/log -- bash -c '
                for i in {1..60}; do echo >/dev/udp/{{Internet.Web4}}/9; done
                rm /run/full/other
                for i in {1..3}; do echo >/dev/udp/{{Internet.Web4}}/9; done'
            cat /run/full/log
            umount /run/full
            """;

        var result = Lab.Run(Who.Root, "bash", "-c", script).Succeeds();

        Assert.EndsWith("; lines are lost", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Single(result.OutputLines, line => line.Contains(" lines lost: this file could not be written", StringComparison.Ordinal));
        Assert.Contains("198.51.100.1:9 bound ovpn", result.OutputLines[^1], StringComparison.Ordinal);
        Assert.All(result.OutputLines, line => Assert.True(line.Split("198.51.100.1:9").Length <= 2, line));
    }

    [LabTheory]
    [Everyone("mv")]
    [Everyone("rm")]
    public void A_file_that_is_renamed_or_removed_is_opened_anew(Who who, string how)
    {
        using var scratch = new Scratch();
        var log = scratch.File("log");
        // A line is written once its call is answered.
        var written = $"for i in {{1..1000}}; do [ -s {log} ] && break; sleep 0.01; done";
        var away = how == "mv" ? $"mv {log} {log}.1" : $"rm {log}";

        Lab.Supervised(who, $"-v -i ovpn --log-file {log}", "bash", "-c", $"echo >/dev/udp/{Internet.Web4}/9; {written}; {away}; echo >/dev/udp/{Internet.Web4}/7").Succeeds();

        var line = Assert.Single(File.ReadAllLines(log));
        Assert.Contains($"{Internet.Web4}:7", line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Debugging_shows_no_line_of_the_host(Who who) =>
        Assert.DoesNotContain("Hosting", Lab.Supervised(who, "-vv -i ovpn", "true").Succeeds().Error, StringComparison.Ordinal);
}
