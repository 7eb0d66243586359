using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>--metrics-file: read by Prometheus' own parser for Python, which its exporters use.</summary>
[Collection(StatusCollection.Name)]
public sealed class MetricsFileTests(Lab lab) : LabTest(lab)
{
    private const string Parser = """
        import sys
        from prometheus_client.parser import text_fd_to_metric_families
        for family in text_fd_to_metric_families(open(sys.argv[1])):
            for sample in family.samples:
                labels = ','.join(f'{k}={v}' for k, v in sorted(sample.labels.items()))
                print(family.type, sample.name, labels, f'{sample.value:g}')
        """;

    [LabTheory]
    [Everyone("--metrics-file")]
    [Everyone("BTI_METRICS_FILE")]
    public void The_counts_of_a_short_program_are_in_it_at_its_end(Who who, string how)
    {
        using var scratch = new Scratch();
        var path = scratch.File("news.prom");
        string script = $"umask 077; echo >/dev/udp/{Internet.Web4}/7; echo >/dev/udp/127.0.0.1/7";
        string[] command = how == "--metrics-file"
            ? Lab.Supervise($"-i ovpn --metrics-file {path}", "bash", "-c", script)
            : ["env", $"{how}={path}", .. Lab.Supervise("-i ovpn", "bash", "-c", script)];

        Lab.Run(who, ["sh", "-c", "umask 077; exec \"$@\"", "sh", .. command]);

        string[] samples = Samples(path);
        Assert.Contains("counter bti_decisions_total interface=ovpn,supervisor=news,verdict=bound 1", samples);
        Assert.Contains("counter bti_decisions_total interface=,supervisor=news,verdict=refused 1", samples);
        Assert.Contains("counter bti_decisions_total interface=,supervisor=news,verdict=excluded 0", samples);
        Assert.Contains("counter bti_redirected_total supervisor=news 0", samples);
        Assert.Contains("gauge bti_interface_up interface=ovpn,supervisor=news 1", samples);
        Assert.Contains("gauge bti_running supervisor=news 0", samples);
        Assert.Single(samples, line => line.StartsWith("gauge bti_info interface=ovpn,pid=", StringComparison.Ordinal) && line.Contains(",program=bash,supervisor=news,", StringComparison.Ordinal));
        // Another user's collector reads it, and finds nothing that was left beside it.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(scratch.Folder));
    }

    [LabTheory]
    [Everyone]
    public void It_is_written_again_while_the_program_runs_and_is_whole_whenever_it_is_read(Who who)
    {
        using var scratch = new Scratch();
        var path = scratch.File("news.prom");
        using Running shell = Lab.Start(who, Lab.Supervise($"-i ovpn --metrics-file {path}", "bash"));
        Wait.Until(() => File.Exists(path), () => $"no file from {shell}");
        Assert.Contains("gauge bti_running supervisor=news 1", Samples(path));

        Supervisors.Tell(shell, $"echo >/dev/udp/{Internet.Web4}/7");
        Wait.Until(
            () =>
            {
                string text = File.ReadAllText(path);
                Assert.EndsWith("\n", text, StringComparison.Ordinal);
                Assert.Contains("bti_interface_up", text, StringComparison.Ordinal);
                return text.Contains("verdict=\"bound\",interface=\"ovpn\"} 1\n", StringComparison.Ordinal);
            },
            () => $"it is not written again: {File.ReadAllText(path)}");
        shell.Finish().Succeeds();
        Assert.Contains("gauge bti_running supervisor=news 0", Samples(path));
    }

    [LabTheory]
    [Everyone("/nonexistent/x.prom", "No such file or directory")]
    [Everyone("/tmp", "it is a folder")]
    [Everyone("/proc/x.prom", "No such file or directory")]
    public void A_file_that_cannot_be_written_is_said_before_the_program_runs(Who who, string path, string why)
    {
        Result result = Lab.Supervised(who, $"--metrics-file {path}", "echo", "ran").ExitsWith(125);

        Assert.Equal("", result.Output);
        Assert.Equal($"bti-supervise: --metrics-file: '{path}' cannot be written: {why}; accepted is a file in a folder in which files can be made", Assert.Single(result.ErrorLines));
    }

    [LabFact]
    public void A_full_disk_is_one_warning_and_no_half_file()
    {
        var script = $$"""
            mkdir -p /run/small && mount -t tmpfs -o size=8k none /run/small
            {{Lab.Supervisor}} -i ovpn --metrics-file /run/small/x.prom -- bash -c '
                for i in {1..3000}; do [ -s /run/small/x.prom ] && break; sleep 0.01; done
                head -c 8000 /dev/zero 2>/dev/null >/run/small/other'
            wc -l </run/small/x.prom; ls -A /run/small
            umount /run/small
            """;

        var result = Lab.Run(Who.Root, "bash", "-c", script).Succeeds();

        Assert.Equal("bti-supervise: --metrics-file: '/run/small/x.prom' could not be written: No space left on device; it is tried again", Assert.Single(result.ErrorLines));
        Assert.Equal("other x.prom", string.Join(' ', result.OutputLines.Skip(1)));
        Assert.True(int.Parse(result.OutputLines[0], CultureInfo.InvariantCulture) > 15, result.Output);
    }

    private string[] Samples(string path) => Lab.Run(Who.User, "/usr/bin/python3", "-c", Parser, path).Succeeds().OutputLines;
}
