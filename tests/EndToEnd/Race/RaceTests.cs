using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>
/// Programs that change, while a call of their own is judged, what the call means: SECURITY.md says what holds even then. Each
/// attack is made 100,000 times; where nothing is promised, often enough to show that nobody else is harmed.
/// </summary>
[Collection(RaceCollection.Name)]
public sealed partial class RaceTests(Lab lab, ITestOutputHelper report) : LabTest(lab)
{
    private const int Rounds = 100_000;
    private const int RoundsWithoutPromise = 20_000;

    // Both routes lead there, and nobody answers.
    private const string Silent4 = "198.51.100.98";
    private const string OtherSilent4 = "198.51.100.99";
    private const string Silent6 = "2001:db8:1::98";
    private const string OtherSilent6 = "2001:db8:1::99";

    [LabTheory]
    [Races("connect-udp", "connect-tcp", "sendto", "sendmsg", "sendmmsg", Families = [4, 6])]
    [Races("connect-tcp-blocking", "connect-tcp-timeout")]
    public void An_address_that_becomes_another_one(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("connect-udp-together")]
    public void A_socket_that_two_threads_connect(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("connect-udp", "connect-tcp", "sendto", "sendmsg", "sendmmsg", Modes = [RaceMode.Excluding], Families = [4, 6])]
    [Races("connect-tcp-blocking", Modes = [RaceMode.Excluding])]
    public void An_address_that_becomes_an_excluded_one(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("page-unmapped", "page-remapped", "page-protected")]
    public void A_page_that_is_taken_away_made_anew_or_protected(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("control", Modes = [RaceMode.Excluding])]
    public void A_control_message_that_comes_to_name_another_interface(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("option-device", "option-device-number", As = [Who.Root, Who.User])]
    public void An_option_that_comes_to_bind_to_another_interface(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("shared-table")]
    public void A_table_of_descriptors_that_two_processes_share(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("executes", "exits")]
    public void A_process_that_ends_or_executes_another_program_meanwhile(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("ids-again")]
    public void Ids_of_processes_that_come_again(Who who, RaceMode mode, string attack, int family) =>
        NothingGoesAstray(who, mode, attack, family);

    /// <summary>What SECURITY.md does not promise of a program that races: it may get packets out. The supervisor goes on.</summary>
    [LabTheory]
    [Races("unix-address", "empty-name", "dissolved", "control", "swapped", "swapped-by-a-process", "reopened", "page-anew", "option-unicast-if")]
    [Races("local-message", "local-connect", "local-device", "local-unicast-if")]
    [Races("option-sticky-source", Families = [6])]
    [Races("connect-tcp-timeout", "connect-tcp-together", "connect-udp-together", Modes = [RaceMode.Excluding])]
    public void Whatever_it_gains_the_supervisor_goes_on(Who who, RaceMode mode, string attack, int family)
    {
        var astray = Attack(who, mode, attack, family, RoundsWithoutPromise);

        report.WriteLine($"{attack}: {astray} packets went astray, as SECURITY.md says");
    }

    private void NothingGoesAstray(Who who, RaceMode mode, string attack, int family)
    {
        var astray = Attack(who, mode, attack, family, Rounds);

        Assert.True(astray == 0, $"{astray} packets left by {Side.Lan0}");
        Assert.NotEqual(0, Lab.Packets(Side.Ovpn));
        if (mode != RaceMode.Excluding)
        {
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    /// <summary>Makes an attack, then one connection like any other's; both below one supervisor.</summary>
    /// <returns>Packets that left by the wrong uplink, to addresses that are not excluded.</returns>
    private int Attack(Who who, RaceMode mode, string attack, int family, int rounds)
    {
        var (first, second) = attack.Contains("blocking", StringComparison.Ordinal) || attack.Contains("tcp-t", StringComparison.Ordinal)
            ? (Internet.Web4, Internet.OtherWeb4)
            : family == 4 ? (Silent4, OtherSilent4) : (Silent6, OtherSilent6);
        var options = mode == RaceMode.Excluding ? $"--interface ovpn --exclude {second}" : "--interface ovpn";
        var race = string.Create(CultureInfo.InvariantCulture, $"{Program} {attack} {first} {second} 9 {Side.Lan0} {rounds}");
        using var astray = new WaysCounter(Lab, $"oifname {Side.Lan0} ip{(family == 4 ? "" : "6")} daddr {first}");

        var result = Lab.Supervised(who, $"{options} --quiet", "sh", "-ec", $"{race}; {Programs.C("talk")} {Internet.Web4} {Internet.Echo}").Succeeds();

        report.WriteLine(result.OutputLines[0]);
        var made = Made().Match(result.OutputLines[0]);
        Assert.True(made.Success && int.Parse(made.Groups[1].Value, CultureInfo.InvariantCulture) >= rounds, $"not all rounds of {result}");
        Assert.StartsWith($"ovpn {Side.Ovpn.Address4} ", result.OutputLines[1], StringComparison.Ordinal);
        return astray.Packets;
    }

    private static string Program => WaysProgram.Compile("race", "race*.c");

    [GeneratedRegex(@": (\d+) rounds:")]
    private static partial Regex Made();
}
