using BindToInterface.Policy.Addresses;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Every message that the supervisor logs, in one place. The parameter <c>Interface</c> is spelled like its
/// placeholder, because the keyword with its @ would reach Serilog as an operator.
/// </summary>
internal static partial class Messages
{
    // An error, so that --quiet shows it: nothing is bound.
    [LoggerMessage(1, LogLevel.Error, "no interface is set (--interface or BIND_INTERFACE): all traffic takes the normal route{Hint}")]
    public static partial void NoInterface(this ILogger logger, string hint);

    [LoggerMessage(70, LogLevel.Error, "no interface is set (--interface or BIND_INTERFACE): traffic that no --route names takes the normal route{Hint}")]
    public static partial void NoDefaultInterface(this ILogger logger, string hint);

    // As well: nothing is bound.
    [LoggerMessage(80, LogLevel.Error, "dry run: nothing is bound, redirected or refused; all traffic takes the normal route")]
    public static partial void DryRun(this ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "interface {Interface}: no such device; connections are refused until it appears")]
    public static partial void InterfaceMissing(this ILogger logger, string Interface);

    [LoggerMessage(6, LogLevel.Warning, "interface {Interface}: no such device; connections are refused until it appears; existing interfaces: {Existing}")]
    public static partial void NoSuchInterface(this ILogger logger, string Interface, string existing);

    /// <summary>A finding of --check that breaks something.</summary>
    [LoggerMessage(7, LogLevel.Warning, "{Finding}")]
    public static partial void Found(this ILogger logger, string finding);

    /// <summary>A warning, like the message that it was gone: a reader of one needs the other.</summary>
    [LoggerMessage(3, LogLevel.Warning, "interface {Interface}: it is back, connections work")]
    public static partial void InterfaceAppeared(this ILogger logger, string Interface);

    [LoggerMessage(8, LogLevel.Information, "interface {Interface}: made anew; connections from before go on: {Programs}")]
    public static partial void ConnectionsGoOn(this ILogger logger, string Interface, string programs);

    [LoggerMessage(9, LogLevel.Warning, "interface {Interface}: made anew; connections from before are lost: {Programs}; with CAP_NET_RAW the supervisor binds them again where the interface has their address")]
    public static partial void ConnectionsLost(this ILogger logger, string Interface, string programs);

    [LoggerMessage(30, LogLevel.Warning, "interface {Interface}: {Change}")]
    public static partial void InterfaceEvent(this ILogger logger, string Interface, string change);

    [LoggerMessage(31, LogLevel.Warning, "what happens to {Interface} will not be told: a netlink socket failed with {Error}")]
    public static partial void InterfaceEventsNotWatched(this ILogger logger, string Interface, string error);

    [LoggerMessage(29, LogLevel.Warning, "connections from before interface {Interface} is made anew will not be looked for: a netlink socket failed with {Error}")]
    public static partial void FormerConnectionsNotWatched(this ILogger logger, string Interface, string error);

    /// <summary>A warning, so that a user sees why nothing happens.</summary>
    [LoggerMessage(71, LogLevel.Warning, "{Why}: the program is started once it can be used")]
    public static partial void WaitingForInterface(this ILogger logger, string why);

    [LoggerMessage(72, LogLevel.Information, "--exclude lan: {Networks}")]
    public static partial void Lan(this ILogger logger, string networks);

    [LoggerMessage(73, LogLevel.Warning, "--exclude lan: the kernel does not tell of interfaces ({Error}): nothing is excluded by it")]
    public static partial void LanNotFollowed(this ILogger logger, string error);

    [LoggerMessage(74, LogLevel.Information, "--exclude {Name}: {Addresses}")]
    public static partial void NameHasAddresses(this ILogger logger, string name, string addresses);

    [LoggerMessage(75, LogLevel.Warning, "--exclude {Name}: it could not be looked up ({Failure}); it is tried again, and until then nothing is excluded by it")]
    public static partial void NameNotLookedUp(this ILogger logger, string name, string failure);

    [LoggerMessage(76, LogLevel.Warning, "--exclude {Name}: it could not be looked up again ({Failure}); it keeps {Addresses}")]
    public static partial void NameNotLookedUpAgain(this ILogger logger, string name, string failure, string addresses);

    [LoggerMessage(77, LogLevel.Warning, "--exclude {Name}: it has no address; nothing is excluded by it")]
    public static partial void NoSuchName(this ILogger logger, string name);

    [LoggerMessage(4, LogLevel.Warning, "--dns-port {Port} (DNS_OVERRIDE_PORT) has no effect without --dns (DNS_OVERRIDE_IP)")]
    public static partial void DnsPortAlone(this ILogger logger, ushort port);

    /// <summary>A decision that lets a call be. The messages about decisions have all the same fields (<see cref="DecisionFields"/>).</summary>
    public static void Decision(this ILogger logger, Decision decision, Caller caller) => logger.Decision(
        LogLevel.Information, new EventId(10, nameof(Decision)), decision, caller, new("{Program}[{Pid}] {Protocol} {Destination} {Verdict} {Interface}"));

    public static void Refusal(this ILogger logger, LogLevel level, Decision decision, Caller caller) => logger.Decision(
        level, new EventId(level == LogLevel.Warning ? 12 : 11, nameof(Refusal)), decision, caller,
        new("{Program}[{Pid}] {Protocol} {Destination} {Verdict} {Interface}: {Errno}: {Reason}"));

    /// <summary>A refusal because of what the supervisor could not do, which is the reason.</summary>
    public static void Unreachable(this ILogger logger, Decision decision, Caller caller, string remedy) => logger.Decision(
        LogLevel.Warning, new EventId(13, nameof(Unreachable)), decision, caller,
        new("{Program}[{Pid}] {Call}: refused, because {Reason} failed with {Errno}; {Remedy}") { Remedy = remedy });

    /// <summary>A connect to a program that may do the work; the reason names that program.</summary>
    public static void MayTakeOver(this ILogger logger, Decision decision, Caller caller) => logger.Decision(
        LogLevel.Information, new EventId(18, nameof(MayTakeOver)), decision, caller,
        new("{Program}[{Pid}] {Protocol} {Destination}: connects to {Reason}, which may do the work in its place and is not bound to {Interface}"));

    [LoggerMessage(14, LogLevel.Error, "{Program}[{Pid}] {Call}: refused, because of an error in bti-supervise; please report it")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string program, int pid, string call);

    [LoggerMessage(15, LogLevel.Error, "the seccomp listener failed with {Error}: calls of the program are no longer answered; bti-supervise ends")]
    public static partial void ListenerFailed(this ILogger logger, string error);

    [LoggerMessage(16, LogLevel.Error, "the call of thread {Tid} could not be answered: {Error}")]
    public static partial void AnswerFailed(this ILogger logger, int tid, string error);

    [LoggerMessage(17, LogLevel.Warning, "{Program} has caused {Count} different warnings; further warnings about it are not shown (-v shows every refusal)")]
    public static partial void WarningsSuppressed(this ILogger logger, string program, int count);

    [LoggerMessage(20, LogLevel.Debug, "started {Program} as process {Pid}")]
    public static partial void Started(this ILogger logger, string program, int pid);

    [LoggerMessage(21, LogLevel.Debug, "signal {Signal} passed on to process {Pid}")]
    public static partial void SignalForwarded(this ILogger logger, int signal, int pid);

    [LoggerMessage(22, LogLevel.Debug, "process {Pid} ended; its descendants are still supervised")]
    public static partial void ProgramEnded(this ILogger logger, int pid);

    [LoggerMessage(24, LogLevel.Warning, "the service manager could not be told {Message}: {Error}")]
    public static partial void ManagerNotTold(this ILogger logger, string message, string error);

    [LoggerMessage(25, LogLevel.Warning, "the service's status will not follow interface {Interface}: a netlink socket failed with {Error}")]
    public static partial void InterfaceNotWatched(this ILogger logger, string Interface, string error);

    [LoggerMessage(26, LogLevel.Warning, "waiting for {Processes}; --exit-with-program does not wait")]
    public static partial void WaitingFor(this ILogger logger, string processes);

    [LoggerMessage(27, LogLevel.Warning, "ended with the program; {Rest}; keep a daemon in the foreground, or leave out --exit-with-program")]
    public static partial void Abandoned(this ILogger logger, string rest);

    [LoggerMessage(28, LogLevel.Warning, "signal {Signal} could not be passed on to {Program}[{Pid}]: {Error}; where it runs as another user the supervisor needs CAP_KILL")]
    public static partial void SignalNotDelivered(this ILogger logger, int signal, string program, int pid, string error);

    [LoggerMessage(78, LogLevel.Debug, "--status will not show this supervisor: its socket could not be made: {Error}; it needs XDG_RUNTIME_DIR, /run/user/UID or RuntimeDirectory= (systemd)")]
    public static partial void NoStatus(this ILogger logger, string error);

    [LoggerMessage(79, LogLevel.Warning, "{Setting}: '{Path}' could not be written: {Error}; it is tried again")]
    public static partial void MetricsNotWritten(this ILogger logger, string setting, string path, string error);

    [LoggerMessage(23, LogLevel.Warning, "the background tasks of bti-supervise could not be started: {Error}; the program is bound all the same")]
    public static partial void HostFailed(this ILogger logger, string error);

    /// <summary>A warning, since the user who changed the file waits for it.</summary>
    [LoggerMessage(60, LogLevel.Warning, "profile {Path}: taken over for new connections: {Changes}")]
    public static partial void ProfileTakenOver(this ILogger logger, string path, string changes);

    [LoggerMessage(61, LogLevel.Warning, "profile {Path}: a change of {Keys} needs a restart of the program")]
    public static partial void ProfileNeedsRestart(this ILogger logger, string path, string keys);

    [LoggerMessage(62, LogLevel.Error, "the changed profile is refused, and the settings from before stay: {Error}")]
    public static partial void ProfileRefused(this ILogger logger, string error);

    [LoggerMessage(63, LogLevel.Warning, "profile {Path}: changed, but nothing is different for this program")]
    public static partial void ProfileUnchanged(this ILogger logger, string path);

    [LoggerMessage(64, LogLevel.Warning, "changes of profile {Path} will not be taken over: inotify failed with {Error}; raise fs.inotify.max_user_instances and fs.inotify.max_user_watches, or start the program again after a change")]
    public static partial void ProfileNotWatched(this ILogger logger, string path, string error);

    private static void Decision(this ILogger logger, LogLevel level, EventId id, Decision decision, Caller caller, in DecisionFields fields)
    {
        if (logger.IsEnabled(level))
        {
            logger.Log(level, id, fields.Of(decision, caller), null, static (all, _) => DecisionFields.TextOf(all));
        }
    }
}
