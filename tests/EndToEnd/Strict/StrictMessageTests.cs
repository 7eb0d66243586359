namespace BindToInterface.EndToEnd;

/// <summary>
/// Strict mode: the supervisor sends for a program with several threads also what is no IP packet, or takes no way from the message
/// (<c>tests/programs/message.c</c>). It is as if the program did so itself.
/// </summary>
[Collection(StrictCollection.Name)]
public sealed class StrictMessageTests(Lab lab) : LabTest(lab)
{
    private const string Strict = "--strict --interface ovpn --quiet";
    private const string User = "setpriv --reuid 1000 --regid 1000 --clear-groups";

    private static string Program => Programs.C("message");

    [LabTheory]
    [Everyone("rights")]
    [Everyone("long-rights")]
    [Everyone("broken ignored")]
    [Everyone("broken handled")]
    [Everyone("stream")]
    [Everyone("interrupted")]
    [Everyone("interrupted restarts")]
    [Everyone("datagrams")]
    [Everyone("datagrams connected")]
    [Everyone("long")]
    [Everyone("vectors")]
    [Everyone("gaps")]
    [Everyone("wrong")]
    [Everyone("netlink")]
    [Everyone($"tcp {Internet.Web4}")]
    public void Messages_are_sent_as_without_the_supervisor(Who who, string words)
    {
        string[] command = [Program, .. words.Split(' ')];
        var plain = Lab.Run(who, command).Succeeds().Output;
        Lab.Reset();

        Lab.Supervised(who, Strict, command).Says(plain);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory(KernelFeature.Programs32)]
    [Everyone("rights")]
    [Everyone("credentials")]
    [Everyone("datagrams")]
    [Everyone("vectors")]
    public void So_are_those_of_a_32_bit_program(Who who, string what)
    {
        var program = Programs.C32("message");
        var plain = Lab.Run(who, program, what).Succeeds().Output;

        Lab.Supervised(who, Strict, program, what).Says(AsSeen(who, plain));
    }

    [LabTheory]
    [Everyone]
    public void SIGPIPE_ends_a_program_whose_peer_is_gone(Who who)
    {
        const int SIGPIPE = 13;
        Lab.Run(who, Program, "broken", "default").DiesBy(SIGPIPE);

        Lab.Supervised(who, Strict, Program, "broken", "default").DiesBy(SIGPIPE);
    }

    /// <summary>Root's supervisor says who the sender is. Without CAP_SYS_ADMIN it cannot tell its process.</summary>
    [LabTheory]
    [Everyone]
    public void The_other_end_is_told_who_the_sender_is(Who who)
    {
        var plain = Lab.Run(who, Program, "credentials").Succeeds().Output;

        Lab.Supervised(who, Strict, Program, "credentials").Says(AsSeen(who, plain));
        Lab.Supervised(who, Strict, Program, "alone", "credentials").Says(plain);
    }

    /// <summary>The supervisor is root, and the program is not any more.</summary>
    [RootTheory]
    [InlineData("credentials")]
    [InlineData("datagrams")]
    [InlineData("netlink")]
    [InlineData("broken ignored")]
    public void A_program_of_another_user_has_no_more_rights(string words)
    {
        string[] command = [.. User.Split(' '), Program, .. words.Split(' ')];
        var plain = Lab.Run(Who.Root, command).Succeeds().Output;

        Lab.Supervised(Who.Root, Strict, command).Says(plain);
    }

    [LabTheory]
    [Everyone]
    public void A_program_with_several_threads_does_not_connect_as_it_sends(Who who)
    {
        var result = Lab.Supervised(who, "--strict --interface ovpn -v", Program, "fast-open", Internet.Web4);

        result.Says("sendto: EOPNOTSUPP\nsendmsg: EOPNOTSUPP\n");
        Assert.Contains("a program with several threads does not connect as it sends", result.Error, StringComparison.Ordinal);
        Lab.Supervised(who, Strict, Program, "alone", "fast-open", Internet.Web4).Says("sendto: 1\nsendmsg: EISCONN\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Where no descriptor can be duplicated, there are copies of the sockets that were made here. Others cannot be used for messages.</summary>
    [LabTheory]
    [Everyone]
    public void By_copies_messages_are_sent_on_sockets_that_were_made_here(Who who)
    {
        foreach (var words in new[] { "datagrams", "datagrams connected", "netlink", $"tcp {Internet.Web4}" })
        {
            string[] command = [Program, .. words.Split(' ')];
            var plain = Lab.Run(who, command).Succeeds().Output;
            Lab.Reset();

            Lab.Run(who, Sandbox.Supervise(Strict, command)).Says(plain);
            Lab.NothingLeftBy(Side.Lan0);
        }

        var refused = Lab.Run(who, Sandbox.Supervise("--strict --interface ovpn", Program, "wrong"));
        Assert.StartsWith("no header: EPERM\n", refused.Output, StringComparison.Ordinal);
        Assert.Contains("--cap-add SYS_PTRACE", refused.Error, StringComparison.Ordinal);
        Lab.Run(who, Sandbox.Supervise(Strict, Program, "alone", "wrong")).Says(Lab.Run(who, Program, "alone", "wrong").Output);
    }

    /// <summary>The pages would be those of the supervisor. Programs take this error for "send a copy".</summary>
    [LabTheory]
    [Everyone]
    public void A_program_with_several_threads_sends_copies(Who who)
    {
        Lab.Supervised(who, Strict, Program, "zerocopy", Internet.Web4).Says("connect: 0\nsent: No buffer space available\n");
        Lab.Supervised(who, Strict, Program, "alone", "zerocopy", Internet.Web4).Says("connect: 0\nsent: 4096\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    private static string AsSeen(Who who, string plain) =>
        who == Who.Root ? plain : plain.Replace("process own", "process other", StringComparison.Ordinal);
}
