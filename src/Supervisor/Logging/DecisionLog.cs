using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Writes the line of each decision. Nothing is looked up or formatted while the level is off; refusals that
/// need the user are warned about once for each program and reason. What the texts contain is the formatters' business.
/// </summary>
internal sealed class DecisionLog(ILogger logger, string? interfaceName)
{
    private const int MaximumRemembered = 1000;

    private readonly WarningBudget warnings = new();
    private readonly RecentSet<(string Program, string Path)> daemons = new(MaximumRemembered);
    private readonly RecentSet<string> takers = new(MaximumRemembered);
    private readonly Lock gate = new();
    private Listener? listener;
    private int missing;

    /// <summary>
    /// From now on a line is written only if its call still waits after all was read that the line tells. By then the thread
    /// id could mean another program, whose memory is nobody's business (see <see cref="Target.IsCaller"/>).
    /// </summary>
    public void Follow(Listener calls) => listener = calls;

    /// <summary>A call was judged and is carried out.</summary>
    public void Decided(in TrappedCall call, in DuplicatedSocket socket, in Verdict verdict)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            string destination = verdict.Rewritten ? $"{verdict.Destination} (DNS override)" : verdict.Destination.ToString();
            (string program, int process) = (ProgramOf(call), ThreadGroup.Of(call.Tid));
            if (StillWaits(call))
            {
                logger.Decision(program, process, ProtocolOf(socket), destination, VerdictOf(verdict.Kind), verdict.Interface ?? "-");
            }
        }
    }

    /// <summary>A call was judged and refused, in the ordinary course of things.</summary>
    public Errno Refused(in TrappedCall call, in DuplicatedSocket socket, in Endpoint destination, Errno error, string reason)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            (string program, int process) = (ProgramOf(call), ThreadGroup.Of(call.Tid));
            if (StillWaits(call))
            {
                logger.Refusal(program, process, ProtocolOf(socket), destination.ToString(), interfaceName ?? "-", error.ToString(), reason);
            }
        }

        return error;
    }

    /// <summary>A call was refused for a reason that the user has to know.</summary>
    public Errno RefusedLoudly(in TrappedCall call, in DuplicatedSocket socket, in Endpoint destination, Errno error, string reason)
    {
        if (logger.IsEnabled(LogLevel.Warning) && ProgramOf(call) is string program && ThreadGroup.Of(call.Tid) is int process && StillWaits(call) && IsNew(call, program, reason))
        {
            logger.LoudRefusal(program, process, ProtocolOf(socket), destination.ToString(), interfaceName ?? "-", error.ToString(), reason);
            return error;
        }

        return Refused(call, socket, destination, error, reason);
    }

    /// <summary>A resolver daemon's socket was refused: told once for a program and a path.</summary>
    public void RefusedDaemon(in TrappedCall call, string path)
    {
        if (logger.IsEnabled(LogLevel.Information) && ProgramOf(call) is string program && IsFirst(daemons, (program, path)))
        {
            logger.Refusal(
                program, ThreadGroup.Of(call.Tid), "unix", path, interfaceName ?? "-", nameof(Errno.ECONNREFUSED),
                "this daemon would ask by the normal route; use '--resolver-daemons allow' to allow it");
        }
    }

    /// <summary>A connect to a Unix socket goes on; told once for a path where a program listens that takes jobs over.</summary>
    public void ConnectsToUnix(in TrappedCall call, ReadOnlySpan<byte> sockaddr)
    {
        if (interfaceName is string name && logger.IsEnabled(LogLevel.Information)
            && TakeoverSocket.OwnerOf(sockaddr) is string owner && ResolverDaemon.PathOf(sockaddr) is string path && IsFirst(takers, path))
        {
            logger.MayTakeOver(ProgramOf(call), ThreadGroup.Of(call.Tid), path, owner, name);
        }
    }

    /// <summary>The interface is not there. Warned about when that is news.</summary>
    public Errno InterfaceMissing(in TrappedCall call, in DuplicatedSocket socket, in Endpoint destination, string name)
    {
        if (Interlocked.Exchange(ref missing, 1) == 0)
        {
            logger.InterfaceMissing(name);
        }

        return Refused(call, socket, destination, Errno.ENETUNREACH, "no such device");
    }

    /// <summary>The interface is absent at the start, and that has been said.</summary>
    public void InterfaceIsMissing() => missing = 1;

    /// <summary>The interface could be used.</summary>
    public void InterfaceFound(string name)
    {
        if (missing != 0 && Interlocked.Exchange(ref missing, 0) != 0)
        {
            logger.InterfaceAppeared(name);
        }
    }

    /// <summary>The target's memory or descriptor could not be had: the call is denied.</summary>
    public Errno Unreachable(in TrappedCall call, string failed, Errno error)
    {
        string program = ProgramOf(call);
        if (IsNew(call, program, failed))
        {
            string remedy = error switch
            {
                Errno.EPERM => "the program changed its user or made itself undumpable: run bti-supervise as root, or with CAP_SYS_PTRACE",
                Errno.EAGAIN => "raise the limit of processes (ulimit -u, TasksMax=, pids.max)",
                _ => "a call that cannot be checked is refused",
            };
            logger.Unreachable(program, ThreadGroup.Of(call.Tid), call.SystemCall.ToString().ToLowerInvariant(), failed, error.ToString(), remedy);
        }

        return error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM ? error : Errno.EPERM;
    }

    /// <summary>A handler threw: the call is denied. That this cannot be logged must not end the loop either.</summary>
    public void TryHandlerFailed(in TrappedCall call, Exception exception)
    {
        try
        {
            logger.HandlerFailed(exception, ProgramOf(call), ThreadGroup.Of(call.Tid), call.SystemCall.ToString().ToLowerInvariant());
        }
#pragma warning disable CA1031 // Whatever it is, the call is denied.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private bool StillWaits(in TrappedCall call) => listener is not Listener known || known.IsWaiting(call);

    private bool IsNew(in TrappedCall call, string name, string reason)
    {
        lock (gate)
        {
            if (warnings.WasTold(name, reason))
            {
                return false;
            }
        }

        string program = ExecutableOf(call);
        WarningBudget.Decision decision;
        lock (gate)
        {
            decision = warnings.Decide(name, reason, program);
        }

        if (decision == WarningBudget.Decision.TellOfSilence)
        {
            logger.WarningsSuppressed(program, WarningBudget.PerProgram);
        }

        return decision == WarningBudget.Decision.Tell;
    }

    private bool IsFirst<T>(RecentSet<T> known, T item)
        where T : notnull
    {
        lock (gate)
        {
            return known.Add(item);
        }
    }

    /// <summary>The file that a process runs, which it cannot rename by a call; where it cannot be seen, the process.</summary>
    private static string ExecutableOf(in TrappedCall call)
    {
        int process = ThreadGroup.Of(call.Tid);
        string? file = null;
        try
        {
            file = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/exe")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        return file ?? string.Create(CultureInfo.InvariantCulture, $"process {process}");
    }

    private static string VerdictOf(VerdictKind kind) => kind switch
    {
        VerdictKind.Bind => "bound",
        VerdictKind.Exclude => "excluded",
        VerdictKind.Pass => "passed",
        _ => "refused",
    };

    /// <summary>The name of the process: a thread may have a name of its own.</summary>
    private static string ProgramOf(in TrappedCall call)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{ThreadGroup.Of(call.Tid)}/comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return "?";
        }
        catch (UnauthorizedAccessException)
        {
            return "?";
        }
    }

    private static string ProtocolOf(in DuplicatedSocket socket) => (socket.Type, socket.GetOption(Linux.SOL_SOCKET, LibC.SO_PROTOCOL)) switch
    {
        (Linux.SOCK_RAW, _) => "raw",
        (_, 6) => "tcp",
        (_, 17) => "udp",
        (_, 1 or 58) => "icmp",
        (_, 132) => "sctp",
        (_, 136) => "udplite",
        (_, int protocol) => protocol.ToString(CultureInfo.InvariantCulture),
        _ => "unix",
    };
}
