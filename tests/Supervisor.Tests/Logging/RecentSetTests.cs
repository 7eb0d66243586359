using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class RecentSetTests
{
    [Fact]
    public void The_oldest_give_way()
    {
        var set = new RecentSet<int>(2);

        Assert.True(set.Add(1));
        Assert.True(set.Add(2));
        Assert.False(set.Add(1));
        Assert.True(set.Add(3));

        // That 1 was there when it was added again makes it no younger.
        Assert.Equal([false, true, true], Enumerable.Range(1, 3).Select(set.Contains));
    }
}
