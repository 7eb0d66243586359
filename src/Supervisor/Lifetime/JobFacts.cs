using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>The processes around this one, for job control.</summary>
internal sealed class JobFacts : IJobFacts
{
    public bool IsSessionLeader => Libc.getsid(0) == Libc.getpid();

    public bool HasParentInSession => Libc.getsid(Libc.getppid()) == Libc.getsid(0);

    public bool IsJobOfShell => HasParentInSession && !IsOfOwnGroup(Libc.getppid());

    public bool IsOfOwnGroup(int pid) => ProcessTree.IsOfOwnGroup(pid);

    public bool HasStoppedChildInOwnGroup(IReadOnlySet<int> without) =>
        ProcessTree.ChildrenOfThisProcess().Any(pid => !without.Contains(pid) && IsOfOwnGroup(pid) && ProcessTree.IsStopped(pid));

    public bool HasChild(IReadOnlySet<int> without) => !ProcessTree.ChildrenOfThisProcess().All(without.Contains);
}
