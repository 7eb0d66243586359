using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>
/// Random arguments for the trapped calls, from a 64-bit and a 32-bit program: the same answers as without the
/// supervisor, no crash, no leak. A failure names its case: "fuzz SEED CASE 1 ovpn lan0 [bind]" is that case alone.
/// </summary>
[Collection(FuzzCollection.Name)]
public sealed class FuzzTests(Lab lab) : LabTest(lab)
{
    private const int Cases = 15_000;
    private static readonly Lazy<string> Bits64 = new(() => WaysProgram.Compile("fuzz", "fuzz*.c"));
    private static readonly Lazy<string> Bits32 = new(() => WaysProgram.Compile("fuzz.32", "fuzz*.c", "-m32"));

    [LabTheory]
    [Everyone(WaysDoor.Native, 1)]
    [Everyone(WaysDoor.Program32, 2)]
    public void With_everything_excluded_the_answers_are_the_kernel_s(Who who, WaysDoor door, int seed) =>
        Compare(who, "--interface ovpn --exclude 0.0.0.0/0,::/0", Fuzz(door, seed));

    [LabTheory]
    [Everyone(WaysDoor.Native, 3)]
    [Everyone(WaysDoor.Program32, 4)]
    public void The_answers_are_those_that_a_program_gets_that_binds_its_sockets_itself(Who who, WaysDoor door, int seed)
    {
        Compare(who, "--interface ovpn", [.. Fuzz(door, seed), "bind"]);
    }

    [LabTheory]
    [Everyone(WaysDoor.Native, 5)]
    [Everyone(WaysDoor.Program32, 6)]
    public void Nothing_leaks(Who who, WaysDoor door, int seed)
    {
        var lines = Lab.Supervised(who, "-q --interface ovpn", Fuzz(door, seed)).Succeeds().OutputLines;

        Assert.Equal(Cases, lines.Length);
        Assert.True(Lab.Packets(Side.Ovpn) > Cases / 10, "hardly anything was sent");
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static string[] Fuzz(WaysDoor door, int seed) =>
        [door == WaysDoor.Native ? Bits64.Value : Bits32.Value, $"{seed}", "0", Cases.ToString(CultureInfo.InvariantCulture), "ovpn", "lan0"];

    private void Compare(Who who, string options, string[] words)
    {
        var before = Lab.Run(who, words).Succeeds().OutputLines;
        var supervised = Lab.Supervised(who, $"-q {options}", words).Succeeds().OutputLines;
        var after = Lab.Run(who, words).Succeeds().OutputLines;

        Assert.Equal(Cases, supervised.Length);
        var comparison = new FuzzComparison(before, supervised, after);
        Assert.True(comparison.Equal > Cases * 3 / 4, $"only {comparison.Equal} cases could be compared to their end");
        comparison.HasNoDifference();
    }
}
