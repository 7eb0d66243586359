using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>
/// Programs that change, while a call of their own is judged, what the call means: SECURITY.md says what holds even then. Each
/// attack is made 100,000 times; where nothing is promised, often enough to show that nobody else is harmed.
/// </summary>
[Collection(RaceCollection.Name)]
public sealed class RaceTests(Lab lab, ITestOutputHelper report) : RaceTest(lab, report)
{
    private const int RoundsWithoutPromise = 20_000;

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

        Report.WriteLine($"{attack}: {astray} packets went astray, as SECURITY.md says");
    }
}
