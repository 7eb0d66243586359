namespace BindToInterface.EndToEnd;

/// <summary>Sockets that the program was given, and those of another network namespace.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysDescriptorTests(Lab lab) : WaysTest(lab)
{
    private const string OtherNamespace = "/run/netns/lan0";

    [LabTheory]
    [Everyone("pass-udp", "inherited-sendto")]
    [Everyone("pass-udp", "inherited-connect")]
    [Everyone("pass-tcp", "inherited-connect")]
    public void An_inherited_socket_is_judged_when_it_is_used(Who who, string pass, string use)
    {
        Inherit(who, pass, use, supervised: false).AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.Reset();

        Inherit(who, pass, use).AnsweredBy(Side.Ovpn, Internet.Web4);
        Lab.NothingLeftBy(Side.Lan0);

        Lab.Reset();
        Inherit(who, pass, use, supervise: $"{Bound} --exclude {Internet.Web4}").AnsweredBy(Side.Lan0, Internet.Web4);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    [LabTheory]
    [Everyone]
    public void An_inherited_connection_is_the_caller_s_decision(Who who) =>
        Inherit(who, "pass-udp-connected", "inherited-send").AnsweredBy(Side.Lan0, Internet.Web4);

    /// <summary>It was opened by root, and is used by an ordinary user's program.</summary>
    [LabTheory]
    [Everyone("inherited-sendto")]
    [Everyone("inherited-connect")]
    public void An_inherited_socket_of_another_interface_does_not_leak(Who who, string use)
    {
        InheritFromRoot(who, "--device lan0 pass-udp-bound-device", use).Succeeds();

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_inherited_raw_socket_is_bound(Who who)
    {
        InheritFromRoot(who, "pass-raw", "inherited-ping").Says("pong\n");

        Assert.Equal(1, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void An_inherited_packet_socket_sends_nothing(Who who)
    {
        var plain = WaysProgram.Words(WaysDoor.Native, "", "pass-packet", Internet.Web4, "7");
        string[] use = WaysProgram.Words(WaysDoor.Native, "--device lan0", "inherited-packet", Internet.Web4, "7");
        Lab.Run(Who.Root, [.. plain, .. use]).Says("sent\n");

        Assert.DoesNotContain("sent", Lab.Run(Who.Root, [.. plain, .. As(who), .. Lab.Supervise(Bound, use)]).Succeeds().Output, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("inherited-sendto", "sendto")]
    [Everyone("inherited-connect", "connect")]
    public void An_inherited_socket_of_another_network_namespace_is_refused(Who who, string use, string call)
    {
        // It is in the middle of lan0's internet, which therefore answers.
        string[] pass = WaysProgram.Words(WaysDoor.Native, $"--netns {OtherNamespace}", "pass-foreign", Internet.Web4, "7");
        string[] words = WaysProgram.Words(WaysDoor.Native, "", use, Internet.Web4, "7");
        Assert.StartsWith("lan0 ", Lab.Run(Who.Root, [.. pass, .. words]).Succeeds().Output, StringComparison.Ordinal);

        Lab.Run(Who.Root, [.. pass, .. As(who), .. Lab.Supervise(Bound, words)]).Says($"{call} ENETUNREACH\n");
    }

    [LabTheory]
    [Ways("foreign-sendto", "foreign-connect", "foreign-connect-tcp", "foreign-program", As = [Who.Root])]
    public void A_socket_that_the_program_made_in_another_network_namespace_is_refused(Who who, WaysDoor door, string way)
    {
        var options = $"--netns {OtherNamespace}";
        Assert.StartsWith("lan0 ", SendPlain(who, door, way, Internet.Web4, options).Succeeds().Output, StringComparison.Ordinal);

        Assert.Matches("^(sendto|connect) ENETUNREACH\n$", Send(who, door, way, Internet.Web4, options).Succeeds().Output);
    }

    private Result Inherit(Who who, string pass, string use, bool supervised = true, string supervise = Bound)
    {
        var words = WaysProgram.Words(WaysDoor.Native, "", use, Internet.Web4, "7");
        return Lab.Run(
            who,
            [.. WaysProgram.Words(WaysDoor.Native, "", pass, Internet.Web4, "7"), .. supervised ? Lab.Supervise(supervise, words) : words]);
    }

    private Result InheritFromRoot(Who who, string pass, string use) => Lab.Run(
        Who.Root,
        [
            .. WaysProgram.Words(WaysDoor.Native, pass[..pass.LastIndexOf("pass", StringComparison.Ordinal)], pass.Split(' ')[^1], Internet.Web4, "7"),
            .. As(who),
            .. Lab.Supervise(Bound, WaysProgram.Words(WaysDoor.Native, "", use, Internet.Web4, "7")),
        ]);

    /// <summary>The words that turn root's process into this one's. In a user namespace there is only one user to be.</summary>
    private static string[] As(Who who) =>
        who == Who.Root ? []
        : Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"]
        : ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"];
}
