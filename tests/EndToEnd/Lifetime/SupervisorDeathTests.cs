namespace BindToInterface.EndToEnd;

/// <summary>Without its supervisor a program can no longer open a connection: nothing leaks.</summary>
[Collection(Collections.Parent)]
public sealed class SupervisorDeathTests(Lab lab) : LabTest(lab)
{
    private const int Kill = 9;

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    public void A_killed_supervisor_leaves_a_program_that_cannot_connect(Who who, string how, string address)
    {
        string[] command = [Programs.C("talk"), .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-l", address, "7"];
        using var talk = Lab.Start(who, Lab.Supervise("--interface ovpn", command));
        Type(talk);
        talk.WaitForOutput($"ovpn {Side.Ovpn.ClientFor(address)} ");

        talk.Signal(Kill);
        talk.WaitForEnd(outlived: true).DiesBy(Kill);
        Type(talk);

        talk.WaitForOutput("connect: ENOSYS\n");
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static void Type(Running talk)
    {
        talk.Input.Write("\n"u8);
        talk.Input.Flush();
    }
}
