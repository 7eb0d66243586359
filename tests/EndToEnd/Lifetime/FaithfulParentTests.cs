using System.Globalization;
using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>A program sees what it would see without us: every test runs it both ways and compares.</summary>
[Collection(Collections.Parent)]
public sealed partial class FaithfulParentTests(Lab lab) : LabTest(lab)
{
    private const string ListDescriptors = "find /proc/self/fd -mindepth 1 -printf '%f %l\\n' | sort -n";

    [LabTheory]
    [Everyone("")]
    [Everyone("3</etc/hosts 5</etc/passwd 17>/dev/null")]
    [Everyone("<&-")]
    [Everyone("<&- 2>&-")]
    [Everyone("</etc/hosts 2>/dev/null 9<&0")]
    public void Descriptors(Who who, string redirections) => SameInShell(who, $"exec {redirections}", ListDescriptors);

    [LabTheory]
    [Everyone("--default-signal")]
    [Everyone("--default-signal --ignore-signal=PIPE")]
    [Everyone("--default-signal --ignore-signal=HUP,INT,QUIT,TERM,USR1,CHLD,TTOU,TSTP,WINCH")]
    [Everyone("--default-signal --block-signal=USR1,TERM,CHLD,PIPE,RTMAX,WINCH")]
    // Those that the runtime handles.
    [Everyone("--default-signal --ignore-signal=SEGV,FPE,RTMIN")]
    [Everyone("--default-signal --block-signal=SEGV,FPE,RTMIN")]
    [Everyone("--ignore-signal")]
    [Everyone("--default-signal --block-signal")]
    [Everyone("--ignore-signal --block-signal")]
    public void Signal_mask_and_dispositions(Who who, string environment) =>
        Same(who, ["env", .. environment.Split(' ')], ["grep", "^Sig[BIC]", "/proc/self/status"]);

    [LabTheory]
    [Everyone]
    public void A_hangup_is_ignored_below_nohup(Who who)
    {
        var status = Same(who, ["nohup"], ["grep", "^SigIgn", "/proc/self/status"]);

        Assert.Matches(@"SigIgn:\s+[0-9a-f]*1\n", status);
    }

    [LabTheory]
    [Everyone]
    public void A_broken_pipe_kills_the_program_as_ever(Who who)
    {
        Lab.Run(who, "bash", "-c", $"{Lab.Supervisor} --interface ovpn -- yes | head -n 1; echo ${{PIPESTATUS[0]}}").Says("y\n141\n");
        Lab.Bound(who, "bash", "-c", "yes | head -n 1; echo ${PIPESTATUS[0]}").Says("y\n141\n");
    }

    /// <summary>To the kernel the thread that spawned a program is its parent, and PR_SET_PDEATHSIG tells of that thread's end.</summary>
    [LabTheory]
    [Everyone("setpriv --pdeathsig TERM sleep .02")]
    [Everyone("tini -s -p SIGTERM -- sleep .02")]
    [Everyone("bwrap --die-with-parent --dev-bind / / sleep .02")]
    [Everyone("proc_parent")]
    public void A_program_that_is_to_end_with_its_parent_is_not_killed(Who who, string command)
    {
        var supervised = string.Join(' ', Lab.Supervise("--interface ovpn", command.Replace("proc_parent", $"{Programs.C("proc_parent")} 20", StringComparison.Ordinal)));

        Lab.Run(who, "sh", "-c", $"seq 100 | xargs -P 4 -I {{}} sh -c '{supervised}; echo $?' 2>&1 | sort | uniq -c | tr -s ' '").Says(" 100 0\n");
    }

    [LabTheory]
    [Everyone]
    public void Limits(Who who) =>
        SameInShell(who, "ulimit -n 77; ulimit -c 0; ulimit -s 4096; ulimit -Su 4000", "cat /proc/self/limits");

    [LabTheory]
    [Everyone]
    public void A_soft_limit_of_descriptors_below_the_hard_one(Who who) =>
        SameInShell(who, "ulimit -Sn 200", "ulimit -Sn; ulimit -Hn");

    /// <summary>The soft limit is the program's; the supervisor, which keeps descriptors for many threads, has the hard one.</summary>
    [LabTheory]
    [Everyone]
    public void A_low_soft_limit_of_descriptors_is_not_the_supervisor_s(Who who)
    {
        var curls = $"for i in $(seq 60); do curl -sS {Internet.WebUrl(Internet.Web4)} || exit; done; ulimit -Sn";

        var result = Lab.Run(who, "bash", "-c", $"ulimit -Sn 40; exec {Lab.Supervisor} --interface ovpn -- bash -c '{curls}'").Succeeds();

        Assert.Equal("", result.Error);
        Assert.Equal([.. Enumerable.Repeat($"ovpn {Side.Ovpn.Address4}", 60), "40"], result.OutputLines);
    }

    /// <summary>Where the kernel has to make it larger, a call of the program waits for all processors.</summary>
    [LabTheory]
    [Everyone("-Sn 40", 4096)]
    [Everyone("-n 1024", 1024)]
    public void The_supervisor_s_table_of_descriptors_is_large_from_the_start(Who who, string limit, int slots)
    {
        var lines = Lab.Run(who, "bash", "-c", $"ulimit {limit}; ulimit -Sn; ulimit -Hn; exec {Lab.Supervisor} --interface ovpn -- bash -c 'ulimit -Sn; ulimit -Hn; grep FDSize /proc/$PPID/status'")
            .Succeeds().OutputLines;

        Assert.Equal(lines[..2], lines[2..4]);
        var most = lines[1] == "unlimited" ? slots : Math.Min(slots, int.Parse(lines[1], CultureInfo.InvariantCulture));
        Assert.Equal($"FDSize:\t{most}", lines[4]);
    }

    [LabTheory]
    [Everyone]
    public void Directory_and_umask(Who who) => SameInShell(who, "cd /var/tmp; umask 0137", "pwd; readlink /proc/self/cwd; umask");

    [LabTheory]
    [Everyone]
    public void Scheduling_and_what_the_kernel_keeps_per_process(Who who) => SameInShell(
        who,
        "renice -n 3 $$ >/dev/null",
        "nice; cat /proc/self/oom_score_adj /proc/self/coredump_filter /proc/self/personality; grep -E '^(Cpus_allowed|Speculation)' /proc/self/status");

    [LabTheory]
    [Everyone]
    public void Process_group_and_session(Who who)
    {
        const string belongsToItsParent = "[ $(ps -o pgid= $$) = $(ps -o pgid= $PPID) ] && [ $(ps -o sid= $$) = $(ps -o sid= $PPID) ] && echo same";

        Lab.Bound(who, "bash", "-c", belongsToItsParent).Says("same\n");
    }

    [LabTheory]
    [Everyone]
    public void The_environment_byte_for_byte(Who who) => Same(who, [Programs.C("odd_environment")], ["/usr/bin/cat", "/proc/self/environ"]);

    [LabTheory]
    [Everyone]
    public void Our_own_variables_too(Who who) =>
        Same(who, ["env", "-i", "BIND_INTERFACE=ovpn", "BTI_LOG_LEVEL=error", "BIND_EXCLUDE=10.1"], ["/usr/bin/cat", "/proc/self/environ"]);

    [LabTheory]
    [Everyone]
    public void Arguments_byte_for_byte(Who who)
    {
        const string arguments = """ "$(printf '\377\200x')" "" "a  b" "--interface" "-h" "$(printf 'two\nlines')" """;
        const string print = $"bash -c 'cat /proc/$$/cmdline; true' {arguments}";

        var plain = Lab.Run(who, "bash", "-c", print).Succeeds();
        var supervised = Lab.Run(who, "bash", "-c", $"{Lab.Supervisor} --interface ovpn -- {print}").Succeeds();

        Assert.Contains((byte)0xff, plain.OutputBytes);
        Assert.Equal(plain.OutputBytes, supervised.OutputBytes);
    }

    [LabTheory]
    [Everyone]
    public void A_program_is_looked_for_in_the_path_of_its_environment(Who who)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("greet"), "#!/bin/sh\necho hello $0\n");
        File.SetUnixFileMode(scratch.File("greet"), (UnixFileMode)0b111_101_101);

        Lab.Run(who, ["env", $"PATH=/nowhere:{Path.GetDirectoryName(scratch.File("greet"))}:/usr/bin:/bin", .. Lab.Supervise("--interface ovpn", "greet")])
            .Says($"hello {scratch.File("greet")}\n");
    }

    [LabTheory]
    [Everyone]
    public void Standard_input_is_the_program_s_alone(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn -v", "sh", "-c", "read first; echo $first; exec cat"));
        supervisor.Input.Write("one\ntwo\nthree\n"u8);

        supervisor.Finish().Says("one\ntwo\nthree\n");
    }

    private void SameInShell(Who who, string before, string command) =>
        Same(who, ["bash", "-c", $"{before}\nexec \"$@\"", "bash"], ["bash", "-c", command]);

    /// <summary>Runs WRAPPER COMMAND and WRAPPER bti-supervise COMMAND, and answers what both print.</summary>
    private string Same(Who who, string[] wrapper, string[] command)
    {
        var plain = Lab.Run(who, [.. wrapper, .. command]).Succeeds();
        var supervised = Lab.Run(who, [.. wrapper, .. Lab.Supervise("--interface ovpn", command)]).Succeeds();

        Assert.NotEmpty(plain.OutputBytes);
        Assert.Equal(WithoutNumbers(plain.Output), WithoutNumbers(supervised.Output));
        Assert.True(WithoutNumbers(plain.Output) != plain.Output || plain.OutputBytes.SequenceEqual(supervised.OutputBytes));
        return plain.Output;
    }

    /// <summary>Pipes and processes have other numbers in each run.</summary>
    private static string WithoutNumbers(string text) => Numbers().Replace(text, "#");

    [GeneratedRegex(@"(?<=pipe:\[|socket:\[|/proc/)\d+")]
    private static partial Regex Numbers();
}
