namespace BindToInterface.EndToEnd;

/// <summary>Programs that the kernel lets nobody but root look into.</summary>
[Collection(OrphanCollection.Name)]
public sealed class UndumpableTests(Lab lab) : LabTest(lab)
{
    [LabFact]
    public void An_undumpable_program_below_root_is_bound()
    {
        var result = Lab.Bound(Who.Root, Programs.C("proc_undumpable"), "3", Internet.Web4, "7").AnsweredBy(Side.Ovpn, Internet.Web4);

        Assert.Equal(3, result.OutputLines.Length);
        Assert.Equal("", result.Error);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void Without_root_it_is_refused_with_one_line_that_says_why_and_what_to_do()
    {
        Lab.Run(Who.User, Programs.C("proc_undumpable"), "1", Internet.Web4, "7").AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Reset();

        var result = Lab.Bound(Who.User, Programs.C("proc_undumpable"), "20", Internet.Web4, "7").Succeeds();

        Assert.Equal(Enumerable.Repeat("connect: EPERM", 20), result.OutputLines);
        var line = Assert.Single(result.ErrorLines);
        Assert.All((string[])["proc_undumpable", "EPERM", "undumpable", "root", "CAP_SYS_PTRACE"], word => Assert.Contains(word, line, StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabFact]
    public void Another_program_without_root_gets_a_line_of_its_own()
    {
        using var scratch = new Scratch();
        File.Copy(Programs.OnHost("proc_undumpable"), scratch.File("another"));
        var twice = $"{Programs.C("proc_undumpable")} 2 {Internet.Web4} 7; {scratch.File("another")} 2 {Internet.Web4} 7; {Programs.C("proc_undumpable")} 2 {Internet.Web4} 7";

        var result = Lab.Bound(Who.User, "sh", "-c", twice).Succeeds();

        Assert.Equal(6, result.OutputLines.Count(line => line == "connect: EPERM"));
        Assert.Equal(2, result.ErrorLines.Length);
        Assert.Contains("proc_undumpable", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("another", result.ErrorLines[1], StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void A_program_that_its_user_may_execute_but_not_read(Who who)
    {
        using var scratch = new Scratch();
        var program = scratch.File("unreadable");
        File.Copy(Programs.OnHost("talk"), program);
        File.SetUnixFileMode(program, (UnixFileMode)0b001_001_001);

        var result = Lab.Bound(who, "sh", "-c", $"{program} -u {Internet.Web4} 7; {program} -u {Internet.Web4} 7; true").Succeeds();

        if (who == Who.Root)
        {
            result.AnsweredBy(Side.Ovpn, Internet.Web4);
        }
        else
        {
            result.Says("connect: EPERM\nconnect: EPERM\n");
            Assert.Contains("CAP_SYS_PTRACE", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        }

        Lab.NothingLeftBy(Side.Lan0);
    }

    [RootFact]
    public void A_program_that_gives_its_privileges_up_stays_bound()
    {
        Lab.Bound(Who.Root, Programs.C("proc_undumpable"), "-u", "65534", "3", Internet.Web4, "7").AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.Bound(Who.Root, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "curl", "-sS", Internet.WebUrl(Internet.Web6))
            .AnsweredBy(Side.Ovpn, Internet.Web6);
        Lab.Bound(Who.Root, "su", "nobody", "-s", "/bin/sh", "-c", $"id -un >&2; curl -sS {Internet.WebUrl(Internet.Web4)}")
            .AnsweredBy(Side.Ovpn, Internet.Web4);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory(KernelFeature.UserNamespaces)]
    [Everyone("--user --map-root-user")]
    [Everyone("--user --map-root-user --pid --fork --mount-proc")]
    public void A_program_in_a_user_namespace_of_its_own_is_bound(Who who, string namespaces)
    {
        Lab.Bound(who, ["unshare", .. namespaces.Split(' '), "curl", "-sS", Internet.WebUrl(Internet.Web4)]).AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.Bound(who, ["unshare", .. namespaces.Split(' '), Programs.C("talk"), "-u", Internet.Web6, "7"]).AnsweredBy(Side.Ovpn, Internet.Web6);

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>hidepid (proc(5)), as ProtectProc= sets it: nothing of such a program can be read, not even its name.</summary>
    [RootFact]
    public void Where_proc_hides_such_a_program_it_is_denied_and_the_supervisor_goes_on()
    {
        string Supervised(params string[] command) =>
            $"setpriv --reuid=65534 --regid=65534 --clear-groups {string.Join(' ', Lab.Supervise("--interface ovpn", command))}";
        var script = $$"""
            mount -t proc -o hidepid=1 proc /proc
            {{Supervised(Programs.C("proc_undumpable"), "2", Internet.Web4, "7")}}
            {{Supervised("curl", "-sS", Internet.WebUrl(Internet.Web4))}}
            """;

        var result = Lab.Run(Who.Root, "unshare", "--mount", "--pid", "--fork", "sh", "-c", script).Succeeds();

        Assert.Equal(["connect: EPERM", "connect: EPERM", $"ovpn {Side.Ovpn.Address4}"], result.OutputLines);
        Assert.Contains("refused", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }
}
