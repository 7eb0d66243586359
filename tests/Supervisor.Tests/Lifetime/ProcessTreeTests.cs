using BindToInterface.Supervisor.Lifetime;
using BindToInterface.Supervisor.Tests.Notify;

namespace BindToInterface.Supervisor.Tests.Lifetime;

/// <summary>Processes around the tests' own.</summary>
public sealed class ProcessTreeTests
{
    [Fact]
    public void A_child_is_known_by_its_name_until_it_has_ended()
    {
        int id;
        using (var other = new OtherProcess())
        {
            id = other.Id;
            Assert.Contains(id, ProcessTree.ChildrenOfThisProcess());
            Assert.Equal("sleep", ProcessTree.NameOf(id));
        }

        Assert.DoesNotContain(id, ProcessTree.ChildrenOfThisProcess());
        Assert.Equal("?", ProcessTree.NameOf(int.MaxValue));
    }

    [Fact]
    public void A_stopped_process_is_told_from_one_that_waits()
    {
        using var other = new OtherProcess();
        Assert.False(ProcessTree.IsStopped(other.Id));

        other.Stop();

        Assert.True(ProcessTree.IsStopped(other.Id));
    }
}
