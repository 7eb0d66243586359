using System.Globalization;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Reports the processes that the program leaves behind: those that the supervisor waits for, while the user may wonder
/// why nothing happens, and those that it leaves without a supervisor.
/// </summary>
internal sealed unsafe class LeftBehind(IReadOnlySet<int> formerChildren, ILogger logger)
{
    private const int PatienceMilliseconds = 1000;

    private long? toldAt;

    /// <summary>The program has ended, and what it left behind is waited for.</summary>
    public void Wait() => toldAt = Environment.TickCount64 + PatienceMilliseconds;

    /// <summary>How long to wait for a signal before <see cref="TellWaitedFor"/> is due, as poll(2) takes it: -1 is for ever.</summary>
    public int TimeoutMilliseconds => toldAt is long time ? (int)Math.Max(0, time - Environment.TickCount64) : -1;

    /// <summary>Reports who is waited for, once.</summary>
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

    /// <summary>Reports how many are left without a supervisor.</summary>
    public void TellAbandoned()
    {
        // When the first process of a pid namespace ends, the kernel ends all others.
        if (LibC.getpid() == 1 || !logger.IsEnabled(LogLevel.Warning) || ProcessTree.HasNoChild())
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
}
