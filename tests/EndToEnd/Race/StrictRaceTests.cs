using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>
/// Strict mode is for programs that race: what SECURITY.md promises by default, and what it does not. Those of <see cref="StrictAttackTests"/>
/// are others.
/// </summary>
[Collection(StrictRaceCollection.Name)]
public sealed class StrictRaceTests(Lab lab, ITestOutputHelper report) : RaceTest(lab, report)
{
    [LabTheory]
    [Races("connect-udp", "sendmsg", Modes = [RaceMode.Strict], Families = [4, 6])]
    [Races("connect-tcp", "connect-tcp-blocking", "connect-tcp-timeout", "connect-tcp-together", "connect-udp-together", "sendto", "sendmmsg", Modes = [RaceMode.Strict])]
    [Races("unix-address", "empty-name", "dissolved", "control", "swapped", "reopened", Modes = [RaceMode.Strict])]
    [Races("page-unmapped", "page-remapped", "page-protected", "page-anew", Modes = [RaceMode.Strict])]
    [Races("option-device", "option-unicast-if", "local-message", "local-device", "local-unicast-if", Modes = [RaceMode.Strict])]
    [Races("option-sticky-source", Modes = [RaceMode.Strict], Families = [6])]
    [Races("executes", "ids-again", Modes = [RaceMode.Strict])]
    public void Any_of_it(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);

    /// <summary>Of socketcall, which 64-bit programs can make as well.</summary>
    [LabTheory(KernelFeature.Programs32)]
    [Races("socketcall-message", "socketcall-connect", Modes = [RaceMode.Strict])]
    [Races("socketcall-option", Modes = [RaceMode.Strict], As = [Who.Root, Who.User])]
    public void Arguments_in_memory(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("local-message", "local-device", "swapped", "unix-address", Modes = [RaceMode.StrictCopies])]
    public void Any_of_it_by_copies(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);

    [LabTheory]
    [Races("connect-udp", "sendmsg", "sendmmsg", "control", Modes = [RaceMode.StrictExcluding])]
    [Races("connect-tcp", "connect-tcp-timeout", Modes = [RaceMode.StrictExcluding], As = [Who.Root])]
    public void What_is_not_excluded(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);

    /// <summary>
    /// Where it may (CAP_NET_RAW), the supervisor takes a TCP socket from its device for an excluded destination. Other threads, and other
    /// processes that have it too, use it at that moment.
    /// </summary>
    [LabTheory]
    [Races("connect-tcp-together", "freed-connect", "freed-fast-open", "freed-by-processes", Modes = [RaceMode.StrictExcluding], As = [Who.Root])]
    [Races("freed-connect", Modes = [RaceMode.StrictExcluding], As = [Who.Root], Families = [6])]
    public void A_stream_that_was_set_free(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);

    /// <summary>A datagram socket that never had a peer can be taken from its device by anybody.</summary>
    [LabTheory]
    [Races("freed-send", Modes = [RaceMode.StrictExcluding])]
    [Races("freed-sendto", Modes = [RaceMode.StrictExcluding], Families = [6])]
    [Races("freed-send", Modes = [RaceMode.StrictRoute], Families = [6])]
    [Races("freed-datagram", Modes = [RaceMode.StrictExcluding], Families = [4, 6])]
    [Races("freed-datagram", Modes = [RaceMode.StrictExcluding, RaceMode.StrictRoute], As = [Who.Root])]
    [Races("freed-bound-datagram", Modes = [RaceMode.StrictExcluding], Families = [4, 6])]
    public void A_datagram_socket_that_was_set_free(Who who, RaceMode mode, string attack, int family) => NothingGoesAstray(who, mode, attack, family);
}
