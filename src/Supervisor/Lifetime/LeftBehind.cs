using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Tells of processes that the program leaves behind: those that the supervisor waits for, which may seem to hang, and
/// those that it leaves without an answer.
/// </summary>
internal sealed unsafe class LeftBehind(IReadOnlySet<int> formerChildren, ILogger logger)
{
    private const int PatienceMilliseconds = 1000;

    private long? toldAt;

    /// <summary>The program has ended, and what it left behind is waited for.</summary>
    public void Wait() => toldAt = Environment.TickCount64 + PatienceMilliseconds;

    /// <summary>How long the next signal may be waited for until it is to be told who is waited for; -1 for ever (poll(2)).</summary>
    public int TimeoutMilliseconds => toldAt is long time ? (int)Math.Max(0, time - Environment.TickCount64) : -1;

    /// <summary>Tells who is waited for, once.</summary>
    public void TellWaitedFor()
    {
        const int Named = 3;
        toldAt = null;
        int[] children = logger.IsEnabled(LogLevel.Warning) ? [.. ProcessTree.ChildrenOfThisProcess().Except(formerChildren)] : [];
        if (children.Length > 0)
        {
            string names = string.Join(", ", children.Take(Named).Select(pid => string.Create(CultureInfo.InvariantCulture, $"{ProcessTree.NameOf(pid)}[{pid}]")));
            logger.WaitingFor(children.Length <= Named ? names : string.Create(CultureInfo.InvariantCulture, $"{names} and {children.Length - Named} more"));
        }
    }

    /// <summary>Tells how many are left without a supervisor.</summary>
    public void TellAbandoned()
    {
        // The first process of a pid namespace takes all others with it.
        if (LibC.getpid() == 1 || !logger.IsEnabled(LogLevel.Warning) || HasNoChild())
        {
            return;
        }

        int count = ProcessTree.CountDescendants(formerChildren);
        if (count > 0)
        {
            logger.Abandoned(count == 1 ? "1 descendant goes on and is refused"
                : string.Create(CultureInfo.InvariantCulture, $"{count} descendants go on and are refused"));
        }
    }

    /// <summary>One call instead of a walk through /proc, for a program that has left nobody.</summary>
    private static bool HasNoChild()
    {
        Siginfo child = default;
        return Native.waitid(Native.P_ALL, 0, &child, Native.WEXITED | Native.WNOHANG | Native.WNOWAIT) != 0 && Native.LastError == Errno.ECHILD;
    }
}
