using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Writes the line of each decision. Nothing is looked up or formatted while the level is off; refusals that
/// need the user are warned about once for each program and reason. What the texts contain is the formatters' business.
/// </summary>
internal sealed class DecisionLog(ILogger logger) : IDecisionSink
{
    private const int MaximumRemembered = 1000;

    private readonly WarningBudget warnings = new();
    private readonly RecentSet<(string Program, string Path)> daemons = new(MaximumRemembered);
    private readonly RecentSet<string> takers = new(MaximumRemembered);
    private readonly Lock gate = new();
    // The interfaces that are known to be absent: replaced, never changed.
    private volatile string[] missing = [];

    public bool NamesCaller => true;

    /// <summary>An interface is absent at the start, and that has been said.</summary>
    public void InterfaceIsMissing(string name) => IsNews(name, isMissing: true);

    /// <summary>Says that an interface is gone, unless that has been said.</summary>
    public void TellMissing(string name)
    {
        if (IsNews(name, isMissing: true))
        {
            logger.InterfaceMissing(name);
        }
    }

    /// <summary>Says that it is back, if it was said to be gone.</summary>
    public void TellBack(string name)
    {
        if (IsNews(name, isMissing: false))
        {
            logger.InterfaceAppeared(name);
        }
    }

    public bool Wants(DecisionKind kind, in Verdict verdict) => logger.IsEnabled(LogLevel.Information)
        || (kind == DecisionKind.Judged && verdict.Kind == VerdictKind.Bind && missing.Length != 0)
        || (logger.IsEnabled(LogLevel.Warning) && (verdict.IsLoud || kind == DecisionKind.Unreachable || (verdict.IsMissing && !missing.Contains(verdict.Interface))));

    public void Publish(Decision decision)
    {
        if (decision.Caller is not Caller caller)
        {
            return;
        }

        switch (decision.Kind)
        {
            case DecisionKind.Filtered when decision.Verdict.IsMissing || decision.Verdict.IsLoud:
            case DecisionKind.Judged when decision.Verdict.Kind == VerdictKind.Refuse:
                Refused(decision, caller);
                break;
            case DecisionKind.Judged:
                Decided(decision, caller);
                break;
            case DecisionKind.ResolverDaemon:
                if (logger.IsEnabled(LogLevel.Information) && IsFirst(daemons, (caller.Program, decision.Subject)))
                {
                    logger.Refusal(LogLevel.Information, decision, caller);
                }

                break;
            case DecisionKind.UnixSocket when decision.Verdict is { Interface: not null, Reason.Length: > 0 }:
                if (logger.IsEnabled(LogLevel.Information) && IsFirst(takers, decision.Subject))
                {
                    logger.MayTakeOver(decision, caller);
                }

                break;
            case DecisionKind.Unreachable:
                Unreachable(decision, caller);
                break;
        }
    }

    /// <summary>A handler threw: the call is denied. That this cannot be logged must not end the loop either.</summary>
    public void TryHandlerFailed(in Notification call, Exception exception)
    {
        try
        {
            Caller caller = Caller.Of(call, withExecutable: false);
            logger.HandlerFailed(exception, caller.Program, caller.Process, NameOf(call));
        }
#pragma warning disable CA1031 // Whatever it is, the call is denied.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Decided(Decision decision, Caller caller)
    {
        Verdict verdict = decision.Verdict;
        if (verdict.Kind == VerdictKind.Bind && verdict.Interface is string name && missing.Length != 0)
        {
            TellBack(name);
        }

        if (logger.IsEnabled(LogLevel.Information))
        {
            logger.Decision(decision, caller);
        }
    }

    private void Refused(Decision decision, Caller caller)
    {
        Verdict verdict = decision.Verdict;
        if (verdict is { IsMissing: true, Interface: string name })
        {
            TellMissing(name);
        }

        LogLevel level = verdict.IsLoud && IsNew(caller, verdict.Reason) ? LogLevel.Warning : LogLevel.Information;
        if (logger.IsEnabled(level))
        {
            logger.Refusal(level, decision, caller);
        }
    }

    private void Unreachable(Decision decision, Caller caller)
    {
        if (IsNew(caller, decision.Subject))
        {
            string remedy = decision.Verdict.Error switch
            {
                Errno.EPERM => "the program changed its user or made itself undumpable: run bti-supervise as root, or with CAP_SYS_PTRACE"
                    + (TargetAccess.KeepsCopies ? " (in a container: docker run --cap-add SYS_PTRACE)" : ""),
                Errno.ENOKEY => "bti-supervise did not make this socket, and cannot look at it here: in a container add the capability SYS_PTRACE (docker run --cap-add SYS_PTRACE)",
                Errno.EAGAIN => "raise the limit of processes (ulimit -u, TasksMax=, pids.max)",
                _ => "a call that cannot be checked is refused",
            };
            logger.Unreachable(decision, caller, remedy);
        }
    }

    /// <summary>Notes whether an interface is absent; true where that was not known.</summary>
    private bool IsNews(string name, bool isMissing)
    {
        lock (gate)
        {
            bool isNews = missing.Contains(name) != isMissing;
            if (isNews)
            {
                missing = isMissing ? [.. missing, name] : [.. missing.Where(other => other != name)];
            }

            return isNews;
        }
    }

    private bool IsNew(Caller caller, string reason)
    {
        WarningBudget.Decision decision;
        lock (gate)
        {
            decision = warnings.WasTold(caller.Program, reason) ? WarningBudget.Decision.Silent
                : warnings.Decide(caller.Program, reason, caller.Executable);
        }

        if (decision == WarningBudget.Decision.TellOfSilence)
        {
            logger.WarningsSuppressed(caller.Executable, WarningBudget.PerProgram);
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

    private static string NameOf(in Notification call) => call.SystemCall.ToString().ToLowerInvariant();
}
