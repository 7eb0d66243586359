namespace BindToInterface.EndToEnd;

/// <summary>
/// A program that changes memory and descriptors while its calls run (<c>tests/programs/strict.c</c>): in strict mode nothing
/// leaves by the other uplink. Those of <see cref="StrictRaceTests"/> are others.
/// </summary>
[Collection(StrictCollection.Name)]
public sealed class StrictAttackTests(Lab lab) : LabTest(lab)
{
    // In IPv4 and in IPv6.
    private const int Rounds = 50_000;

    [LabTheory]
    [InlineData(Who.User, "unix-address-tcp")]
    [InlineData(Who.User, "unix-address-sendto")]
    [InlineData(Who.User, "unspec")]
    [InlineData(Who.Root, "unspec")]
    [InlineData(Who.User, "unspec-sendto")]
    [InlineData(Who.User, "dissolve")]
    [InlineData(Who.Root, "dissolve")]
    [InlineData(Who.User, "control")]
    [InlineData(Who.User, "control-sendmmsg")]
    [InlineData(Who.User, "option")]
    [InlineData(Who.User, "swap")]
    public void Nothing_leaves_by_the_other_uplink(Who who, string kind)
    {
        foreach (var address in new[] { Internet.Web4, Internet.Web6 })
        {
            Lab.Supervised(who, "--strict --interface ovpn", Programs.C("strict"), "attack", kind, "lan0", address, $"{Rounds}").Says("over\n");
        }

        Lab.NothingLeftBy(Side.Lan0);
    }
}
