using BindToInterface.Policy.JobControl;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>The processes around this one, for job control.</summary>
internal sealed class JobFacts : IJobFacts
{
    public bool IsSessionLeader => LibC.getsid(0) == LibC.getpid();

    public bool HasParentInSession => LibC.getsid(LibC.getppid()) == LibC.getsid(0);

    public bool IsJobOfShell => HasParentInSession && !IsOfOwnGroup(LibC.getppid());

    public bool IsOfOwnGroup(int pid) => ProcessTree.IsOfOwnGroup(pid);

    public bool HasStoppedChildInOwnGroup(IReadOnlySet<int> without) =>
        ProcessTree.ChildrenOfThisProcess().Any(pid => !without.Contains(pid) && IsOfOwnGroup(pid) && ProcessTree.IsStopped(pid));

    public bool HasChild(IReadOnlySet<int> without)
    {
        try
        {
            return !ProcessTree.ChildrenOfThisProcess(isWhole: true).All(without.Contains);
        }
        catch (IOException)
        {
            // A child that is not known would go on without a supervisor.
            return true;
        }
    }
}
