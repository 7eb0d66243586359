using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>Runs an attack of tests/programs/race*.c, and counts what goes astray.</summary>
public abstract partial class RaceTest(Lab lab, ITestOutputHelper report) : LabTest(lab)
{
    /// <summary>Where SECURITY.md promises something.</summary>
    private const int Rounds = 100_000;

    // Both routes lead there, and nobody answers.
    private const string Silent4 = "198.51.100.98";
    private const string OtherSilent4 = "198.51.100.99";
    private const string Silent6 = "2001:db8:1::98";
    private const string OtherSilent6 = "2001:db8:1::99";

    protected ITestOutputHelper Report { get; } = report;

    protected void NothingGoesAstray(Who who, RaceMode mode, string attack, int family)
    {
        var astray = Attack(who, mode, attack, family, Rounds);

        Assert.True(astray == 0, $"{astray} packets left by {Side.Lan0}");
        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        if (mode is RaceMode.Bound or RaceMode.Strict or RaceMode.StrictCopies)
        {
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    /// <summary>Makes an attack, then one connection like any other's; both below one supervisor.</summary>
    /// <returns>Packets that left by the wrong uplink, to addresses that are not excluded.</returns>
    protected int Attack(Who who, RaceMode mode, string attack, int family, int rounds)
    {
        var (first, second) = attack.Contains("blocking", StringComparison.Ordinal) || attack.Contains("tcp-t", StringComparison.Ordinal)
            ? (Internet.Web4, Internet.OtherWeb4)
            : family == 4 ? (Silent4, OtherSilent4) : (Silent6, OtherSilent6);
        var options = "--interface ovpn" + mode switch
        {
            RaceMode.Excluding => $" --exclude {second}",
            RaceMode.Strict or RaceMode.StrictCopies => " --strict",
            RaceMode.StrictExcluding => $" --strict --exclude {second}",
            RaceMode.StrictRoute => $" --strict --route {second}={Side.Lan0}",
            _ => "",
        };
        var race = string.Create(CultureInfo.InvariantCulture, $"{Program} {attack} {first} {second} 9 {Side.Lan0} {rounds} {CallsOf(mode, attack)}");
        using var astray = new WaysCounter(Lab, $"oifname {Side.Lan0} ip{(family == 4 ? "" : "6")} daddr {first}");

        string[] words = ["sh", "-ec", $"{race}; {Programs.C("talk")} {Internet.Web4} {Internet.Echo}"];
        options += " --quiet";
        var result = Lab.Run(who, mode == RaceMode.StrictCopies ? Sandbox.Supervise(options, words) : Lab.Supervise(options, words)).Succeeds();

        Report.WriteLine(result.OutputLines[0]);
        var made = Made().Match(result.OutputLines[0]);
        Assert.True(made.Success && int.Parse(made.Groups[1].Value, CultureInfo.InvariantCulture) >= rounds, $"not all rounds of {result}");
        Assert.StartsWith($"ovpn {Side.Ovpn.Address4} ", result.OutputLines[1], StringComparison.Ordinal);
        return astray.Packets;
    }

    /// <summary>
    /// How many calls a socket has. In strict mode it is bound before the first of them, and making it takes longer than a call; but a
    /// new one alone is set free for an excluded destination.
    /// </summary>
    private static int CallsOf(RaceMode mode, string attack) =>
        mode is RaceMode.Strict or RaceMode.StrictCopies || (mode == RaceMode.StrictExcluding && !attack.StartsWith("connect", StringComparison.Ordinal)) ? 10 : 1;

    private static string Program => WaysProgram.Compile("race", "race*.c");

    [GeneratedRegex(@": (\d+) rounds:")]
    private static partial Regex Made();
}
