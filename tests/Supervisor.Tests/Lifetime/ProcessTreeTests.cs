using System.Diagnostics;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Lifetime;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Lifetime;

public sealed class ProcessTreeTests : IDisposable
{
    private readonly Process child = Process.Start("sleep", "1000");

    public void Dispose()
    {
        child.Kill();
        child.WaitForExit();
        child.Dispose();
    }

    [Fact]
    public void A_stopped_child_is_told_from_one_that_runs()
    {
        Assert.False(ProcessTree.IsStopped(child.Id));

        _ = LibC.kill(child.Id, Linux.SIGSTOP);
        Assert.True(SpinWait.SpinUntil(() => ProcessTree.IsStopped(child.Id), TimeSpan.FromSeconds(30)));

        _ = LibC.kill(child.Id, Linux.SIGCONT);
        Assert.True(SpinWait.SpinUntil(() => !ProcessTree.IsStopped(child.Id), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_child_is_a_child_and_a_descendant()
    {
        Assert.Contains(child.Id, ProcessTree.ChildrenOfThisProcess());
        Assert.False(ProcessTree.HasNoChild());
        // Other tests have children as well.
        Assert.True(ProcessTree.CountDescendants(new HashSet<int>()) > 0);
    }

    [Fact]
    public void A_child_has_the_group_of_its_parent() => Assert.True(ProcessTree.IsOfOwnGroup(child.Id));

    [Fact]
    public void A_name_is_that_of_the_file()
    {
        Assert.True(SpinWait.SpinUntil(() => ProcessTree.NameOf(child.Id) == "sleep", TimeSpan.FromSeconds(30)));
        Assert.Equal("?", ProcessTree.NameOf(int.MaxValue));
    }

    [Fact]
    public void Facts_agree_with_the_tree()
    {
        var facts = new JobFacts();

        Assert.True(facts.IsOfOwnGroup(child.Id));
        Assert.True(facts.HasChild(new HashSet<int>()));
        Assert.False(facts.HasStoppedChildInOwnGroup(new HashSet<int> { child.Id }));
    }
}
