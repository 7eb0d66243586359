namespace BindToInterface.EndToEnd;

/// <summary>Daemons that libc asks over a Unix socket resolve names by their own route: they are not asked.</summary>
[Collection(ResolversCollection.Name)]
public sealed class ResolversDaemonTests(Lab lab) : LabTest(lab)
{
    private const string Bound = "--interface ovpn";
    private const string Nscd = "/run/nscd/socket";
    private const string Resolved = "/run/systemd/resolve/io.systemd.Resolve";
    private const string Other = "/run/lab/other";

    [LabTheory]
    [Ways(
        Nscd, "/var/run/nscd/socket", Resolved, "/var/run/systemd/resolve/io.systemd.Resolve",
        By = [WaysDoor.Native, WaysDoor.Int80, WaysDoor.Int80Socketcall, WaysDoor.Program32, WaysDoor.Program32Socketcall])]
    public void Its_socket_is_refused_while_an_interface_is_set(Who who, WaysDoor door, string path)
    {
        using var daemons = Daemons();
        var words = WaysProgram.Words(door, "", "unix-connect", path);
        Lab.Run(who, words).Says("connected\n");

        Lab.Supervised(who, Bound, words).Says("connect ECONNREFUSED\n");
        Lab.Supervised(who, $"{Bound} --resolver-daemons refuse", words).Says("connect ECONNREFUSED\n");

        Lab.Supervised(who, $"{Bound} --resolver-daemons allow", words).Says("connected\n");
        Lab.Supervised(who, "", words).Says("connected\n");
    }

    [LabTheory]
    [Everyone(Nscd)]
    [Everyone("/var/run/nscd/socket")]
    public void A_socket_that_is_not_there_is_not_there_and_no_line_tells_of_it(Who who, string path)
    {
        Lab.Run(Who.Root, "rm", "-rf", Path.GetDirectoryName(Nscd)!).Succeeds();

        var result = Lab.Supervised(who, $"{Bound} -v", WaysProgram.Words(WaysDoor.Native, "", "unix-connect", path)).Says("connect ENOENT\n");

        Assert.DoesNotContain(result.ErrorLines, line => line.Contains(path, StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void A_refusal_is_told_once_for_a_program_and_a_path(Who who)
    {
        using var daemons = Daemons();
        var connect = string.Join(' ', WaysProgram.Words(WaysDoor.Native, "", "unix-connect", Nscd));

        var result = Lab.Supervised(who, $"{Bound} -v", "sh", "-c", $"{connect}; {connect}; {connect}").Succeeds();

        Assert.Single(result.ErrorLines, line => line.Contains("ways[", StringComparison.Ordinal) && line.Contains(Nscd, StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void Other_sockets_are_not_concerned(Who who)
    {
        using var daemons = Daemons();

        Lab.Supervised(who, Bound, WaysProgram.Words(WaysDoor.Native, "", "unix-connect", Other)).Says("connected\n");
    }

    [LabTheory]
    [Everyone]
    public void Libc_asks_DNS_instead(Who who)
    {
        using var daemons = Daemons();
        Lab.Run(who, "getent", "ahostsv4", "side.test").Succeeds();
        daemons.WaitForOutput($"asked {Nscd}\n");

        // What else is started on the way (setpriv looks the user up) has asked before the shell waits.
        using var getent = Lab.Start(
            who, Lab.Supervise($"{Bound} --dns {Internet.Override4}", "sh", "-c", "echo waiting; read go; exec getent ahostsv4 side.test"));
        getent.WaitForOutput("waiting\n");
        AskOther(1);
        Lab.Reset();
        getent.Input.Write("go\n"u8);
        var result = getent.Finish().Succeeds();
        AskOther(2);

        Assert.StartsWith($"waiting\n{Internet.Answer4(Side.Ovpn, Internet.Override4)} ", result.Output, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
        Assert.EndsWith($"asked {Other}\nasked {Other}\n", daemons.Output, StringComparison.Ordinal);

        // A question of our own is answered after all others.
        void AskOther(int times)
        {
            Lab.Run(Who.Root, WaysProgram.Words(WaysDoor.Native, "", "unix-connect", Other)).Says("connected\n");
            Wait.Until(() => daemons.Output.Split($"asked {Other}\n").Length > times, () => $"{daemons}");
        }
    }

    [LabTheory]
    [Everyone]
    public void Allowed_they_are_asked(Who who)
    {
        using var daemons = Daemons();

        Lab.Supervised(who, $"{Bound} --resolver-daemons allow", "getent", "ahostsv4", "side.test").Succeeds();

        daemons.WaitForOutput($"asked {Nscd}\n");
    }

    [LabTheory]
    [Everyone("maybe")]
    [Everyone("")]
    public void Another_word_than_allow_or_refuse_is_bad_input(Who who, string word)
    {
        var result = Lab.Run(who, [Lab.Supervisor, "--interface", "ovpn", "--resolver-daemons", word, "--", "echo", "started"]).ExitsWith(125);

        Assert.Empty(result.Output);
        Assert.Contains("--resolver-daemons", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>Listeners at the daemons' paths: /run is the lab's own.</summary>
    private Running Daemons()
    {
        Lab.Run(Who.Root, "mkdir", "-p", Path.GetDirectoryName(Nscd)!, Path.GetDirectoryName(Resolved)!).Succeeds();
        var listening = Lab.Start(Who.Root, WaysProgram.Words(WaysDoor.Native, "", "unix-listen", Nscd, Resolved, Other));
        listening.WaitForOutput("ready");
        return listening;
    }
}
