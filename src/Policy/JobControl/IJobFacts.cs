namespace BindToInterface.Policy.JobControl;

/// <summary>What job control has to know of the processes around. Each fact is as it is when it is asked for.</summary>
public interface IJobFacts
{
    /// <summary>Whether the supervisor leads its session.</summary>
    bool IsSessionLeader { get; }

    /// <summary>Whether the supervisor's parent is of the supervisor's session.</summary>
    bool HasParentInSession { get; }

    /// <summary>
    /// Whether the supervisor's parent does job control for it: a shell, of the supervisor's session and of another process group.
    /// </summary>
    bool IsJobOfShell { get; }

    /// <summary>Whether a process is of the supervisor's process group.</summary>
    bool IsOfOwnGroup(int pid);

    /// <summary>Whether the supervisor has a stopped child in its own process group, other than these.</summary>
    bool HasStoppedChildInOwnGroup(IReadOnlySet<int> without);

    /// <summary>Whether the supervisor has a child other than these.</summary>
    bool HasChild(IReadOnlySet<int> without);
}
