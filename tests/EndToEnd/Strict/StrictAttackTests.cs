namespace BindToInterface.EndToEnd;

/// <summary>
/// A program that changes memory and descriptors while its calls run (<c>tests/programs/strict.c</c>): in strict mode nothing
/// leaves by the other uplink.
/// </summary>
[Collection(StrictCollection.Name)]
public sealed class StrictAttackTests(Lab lab) : LabTest(lab)
{
    private const int Rounds = 20_000;

    [LabTheory]
    [Everyone("unix-address")]
    [Everyone("unix-address-tcp")]
    [Everyone("unix-address-sendto")]
    [Everyone("unspec")]
    [Everyone("unspec-sendto")]
    [Everyone("dissolve")]
    [Everyone("control")]
    [Everyone("control-sendmmsg")]
    [Everyone("option")]
    [Everyone("swap")]
    public void Nothing_leaves_by_the_other_uplink(Who who, string kind)
    {
        foreach (var address in new[] { Internet.Web4, Internet.Web6 })
        {
            Lab.Supervised(who, "--strict --interface ovpn", Programs.C("strict"), "attack", kind, "lan0", address, $"{Rounds}").Says("over\n");
        }

        Lab.NothingLeftBy(Side.Lan0);
    }
}
