namespace BindToInterface.EndToEnd;

/// <summary>What root's supervisor leaves to its programs, and what an ordinary user's must take.</summary>
[Collection(Collections.Parent)]
public sealed class PrivilegeTests(Lab lab) : LabTest(lab)
{
    [LabTheory]
    [Everyone]
    public void No_new_privileges_is_set_only_where_the_kernel_demands_it(Who who) =>
        Lab.Bound(who, "grep", "NoNewPrivs", "/proc/self/status").Says($"NoNewPrivs:\t{(who == Who.Root ? 0 : 1)}\n");

    [RootFact]
    public void A_program_of_another_user_below_sudo_stays_supervised()
    {
        Lab.Bound(Who.Root, "sudo", "-n", "-u", "nobody", "sh", "-c", $"id -un; curl -sS {Internet.WebUrl(Internet.Web4)}")
            .Says($"nobody\novpn {Side.Ovpn.Address4}\n");
        Lab.Supervised(Who.Root, $"--interface ovpn --dns {Internet.Override4}", "sudo", "-n", "-u", "nobody", Programs.Musl("resolve"), "side.test", "4")
            .Says(Internet.Answer4(Side.Ovpn, Internet.Override4) + "\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>A supervisor as a service's CapabilityBoundingSet= leaves it, whose program has changed its user.</summary>
    [RootFact]
    public void A_signal_that_cannot_be_delivered_is_a_warning_with_the_remedy()
    {
        using var supervisor = Lab.Start(
            Who.Root,
            ["setpriv", "--bounding-set", "-kill", .. Lab.Supervise("--interface ovpn", "setpriv", "--reuid", "nobody", "sh", "-c", "echo ready; cat")]);
        supervisor.WaitForOutput("ready");

        supervisor.Signal(15);
        supervisor.WaitForError("signal 15 could not be passed on to sh[");
        var result = supervisor.Finish().Succeeds();

        Assert.All((string[])["EPERM", "CAP_KILL"], word => Assert.Contains(word, Assert.Single(result.ErrorLines), StringComparison.Ordinal));
    }

    [LabTheory]
    [Everyone]
    public void The_program_keeps_its_identity_and_capabilities(Who who)
    {
        string[] identity = ["grep", "-E", "^(Uid|Gid|Groups|Cap)", "/proc/self/status"];

        Lab.Bound(who, identity).Says(Lab.Run(who, identity).Succeeds().Output);
    }
}
