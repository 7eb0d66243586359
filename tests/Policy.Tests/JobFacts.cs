using BindToInterface.Policy.JobControl;

namespace BindToInterface.Policy.Tests;

/// <summary>The processes around, as a test says.</summary>
internal sealed class JobFacts : IJobFacts
{
    public bool IsSessionLeader { get; set; }

    public bool HasParentInSession { get; set; }

    public bool IsJobOfShell { get; set; }

    /// <summary>Children that are of the supervisor's process group.</summary>
    public HashSet<int> OwnGroup { get; } = [];

    /// <summary>Children that are stopped.</summary>
    public HashSet<int> Stopped { get; } = [];

    /// <summary>All children.</summary>
    public HashSet<int> Children { get; } = [];

    public bool IsOfOwnGroup(int pid) => OwnGroup.Contains(pid);

    public bool HasStoppedChildInOwnGroup(IReadOnlySet<int> without) =>
        Stopped.Any(pid => OwnGroup.Contains(pid) && !without.Contains(pid));

    public bool HasChild(IReadOnlySet<int> without) => Children.Any(pid => !without.Contains(pid));
}
