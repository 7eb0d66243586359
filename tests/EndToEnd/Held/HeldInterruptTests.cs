namespace BindToInterface.EndToEnd;

/// <summary>A process whose call waits can be stopped from outside: by a tracer (strace -p, gdb), and by the freezer.</summary>
[Collection(HeldCollection.Name)]
public sealed class HeldInterruptTests(Lab lab) : LabTest(lab)
{
    private const string Server = "203.0.113.98";
    private const string Options = $"--interface ovpn --dns {Internet.Silent4}";

    [LabTheory]
    [Everyone("receive")]
    [Everyone("send")]
    public void A_tracer_stops_it(Who who, string call)
    {
        Lab.Run(who, Words("traced", call)).Says("stopped\n");

        Lab.Supervised(who, Options, Words("traced", call)).Says("stopped\n");
    }

    [RootTheory(KernelFeature.ControlGroups2)]
    [InlineData("receive")]
    [InlineData("send")]
    public void The_freezer_stops_it(string call)
    {
        Lab.Run(Who.Root, ["unshare", "--mount", .. Words("frozen", call)]).Says("frozen\n");

        Lab.Run(Who.Root, ["unshare", "--mount", .. Lab.Supervise(Options, Words("frozen", call))]).Says("frozen\n");
    }

    private static string[] Words(string how, string call) =>
        call == "receive" ? HeldProgram.Words(how, call, Server, "53") : HeldProgram.Words(how, call, Neighbours.Nobody(), "9");
}
