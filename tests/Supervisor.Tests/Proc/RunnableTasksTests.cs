using System.Text;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Tests.Proc;

public class RunnableTasksTests
{
    [Theory]
    [InlineData("0.20 0.18 0.12 3/80 11206\n", 3)]
    [InlineData("64.00 60.00 50.00 128/2000 1\n", 128)]
    [InlineData("", null)]
    [InlineData("0.20 0.18 0.12", null)]
    [InlineData("/80", null)]
    [InlineData("0.20 0.18 x/80 11206", null)]
    public void The_fourth_field_tells(string text, int? count) => Assert.Equal(count, RunnableTasks.Parse(Encoding.ASCII.GetBytes(text)));

    /// <summary>The thread that asks runs.</summary>
    [Fact]
    public void The_file_is_read_anew_each_time()
    {
        using var tasks = new RunnableTasks();

        Assert.InRange(tasks.Count ?? 0, 1, int.MaxValue);
        Assert.InRange(tasks.Count ?? 0, 1, int.MaxValue);
    }
}
