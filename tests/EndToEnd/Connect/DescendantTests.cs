namespace BindToInterface.EndToEnd;

/// <summary>A program and all that it starts, whatever it is made of.</summary>
[Collection(Collections.Traffic)]
public sealed class DescendantTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-u", Internet.Web6)]
    public void A_static_musl_program_is_bound(Who who, string options, string address)
    {
        Lab.Bound(who, [Programs.Musl("talk"), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), address, "7"])
            .AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("tcp", Internet.Web4, $"{Internet.Web4}:7")]
    [Everyone("tcp", Internet.Web6, $"[{Internet.Web6}]:7")]
    [Everyone("udp", Internet.Web4, $"{Internet.Web4}:7")]
    [Everyone("udp", Internet.Web6, $"[{Internet.Web6}]:7")]
    public void A_static_Go_program_is_bound(Who who, string network, string address, string destination)
    {
        Lab.Bound(who, Programs.Go("talk"), network, destination).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_shell_s_children_are_bound(Who who)
    {
        var script = $$"""
            curl -sS {{Internet.WebUrl(Internet.Web4)}}
            (curl -sS {{Internet.WebUrl(Internet.Web4)}}) | cat
            echo "$(curl -sS {{Internet.WebUrl(Internet.Web4)}})"
            curl -sS {{Internet.WebUrl(Internet.Web4)}} &
            wait
            sh -c 'sh -c "curl -sS {{Internet.WebUrl(Internet.Web4)}}; true"; true'
            """;

        var result = Lab.Bound(who, "sh", "-c", script).AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal(5, result.OutputLines.Length);
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A supervisor that kept something of the first process by its id would look into one that is gone.</summary>
    [LabTheory(KernelFeature.UserNamespaces, KernelFeature.LastPid)]
    [Everyone("")]
    [Everyone("-u")]
    public void Processes_that_get_one_id_after_the_other_are_bound(Who who, string options)
    {
        var script = $$"""
            for i in 1 2 3 4 5 6 7 8; do
                echo 4999 >/proc/sys/kernel/ns_last_pid
                sh -c 'echo $$; exec {{Programs.C("talk")}} {{options}} {{Internet.Web4}} 7'
            done
            """;

        var result = Lab.Run(
            who,
            ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", .. Lab.Supervise("--interface ovpn", "sh", "-c", script)]);

        // The next free one: a thread of the supervisor's own may start meanwhile, and take 5000.
        var ids = result.Succeeds().OutputLines.Where(line => line.StartsWith("500", StringComparison.Ordinal)).ToList();
        Assert.Equal(8, ids.Count);
        Assert.InRange(ids.Distinct().Count(), 1, 4);
        Assert.Equal(8, result.OutputLines.Count(line => line.StartsWith($"ovpn {Side.Ovpn.Address4} ", StringComparison.Ordinal)));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("-t", Internet.Web4)]
    [Everyone("-ut", Internet.Web4)]
    [Everyone("-nt", Internet.Web6)]
    public void Every_thread_is_bound(Who who, string options, string address)
    {
        var result = Lab.Bound(who, Programs.C("talk"), options, "32", address, "7").AnsweredBy(Side.Ovpn, address);

        Assert.Equal(32, result.OutputLines.Length);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    public void A_daemon_stays_bound_after_its_parent_has_ended(Who who, string address)
    {
        using var scratch = new Scratch();
        var answer = scratch.File("answer");

        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("talk"), "-d", answer, address, "7"));
        Wait.Until(() => File.Exists(answer) && File.ReadAllText(answer).EndsWith('\n'), () => $"no answer: {supervisor}");

        Assert.StartsWith($"ovpn {Side.Ovpn.ClientFor(address)} ", File.ReadAllText(answer), StringComparison.Ordinal);
        supervisor.Finish().Succeeds();
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_listening_program_answers_by_the_way_that_it_was_asked(Who who)
    {
        using var server = Lab.Start(who, Lab.Supervise("--interface ovpn --exclude loopback", Programs.C("serve"), "127.0.0.1", "8007"));
        server.WaitForOutput("listening");

        Lab.Run(who, Programs.C("talk"), "127.0.0.1", "8007").Says("served 127.0.0.1\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>What the supervisor keeps of threads that have ended gives way before a call is denied.</summary>
    [LabTheory]
    [Everyone]
    public void Many_programs_one_after_the_other_are_bound_below_a_low_limit_of_descriptors(Who who)
    {
        const int programs = 120;
        var talk = $"{Programs.C("talk")} {Internet.Web4} 7";

        var result = Lab.Run(who, ["sh", "-c", "ulimit -n 48; exec \"$@\"", "sh",
            .. Lab.Supervise("--interface ovpn", "sh", "-c", $"for i in $(seq {programs}); do {talk} || exit 1; done")]).AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal(programs, result.OutputLines.Length);
        Lab.NothingLeftBy(Side.Lan0);
    }
}
