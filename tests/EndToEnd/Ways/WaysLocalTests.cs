namespace BindToInterface.EndToEnd;

/// <summary>What sends no IP packet goes on as ever.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysLocalTests(Lab lab) : WaysTest(lab)
{
    [LabTheory]
    [Ways("unix-sendto", "unix-relative-path", "unix-credentials", "netlink-links", "alg-sha256")]
    [Ways("unix-sendto", "netlink-links", By = [WaysDoor.Int80Socketcall, WaysDoor.Program32Socketcall])]
    public void It_answers_as_without_the_supervisor(Who who, WaysDoor door, string way)
    {
        var plain = Lab.Run(who, WaysProgram.Words(door, "", way)).Succeeds().Output;
        // Not every kernel has AF_ALG.
        Assert.Contains(plain, (string[])["unix\n", "from myself\n", "links\n", "ba7816bf\n", "socket EAFNOSUPPORT\n"]);

        Do(who, door, way).Says(plain);
        Do(who, door, way, "").Says(plain);
        NothingLeft();
    }
}
