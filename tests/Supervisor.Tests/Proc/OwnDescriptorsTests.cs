using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Tests.Proc;

/// <summary>
/// Files are read although no descriptor is left. What happens in a shortage is tested with the native executable (FaultTests): the runtime
/// of these tests compiles as it runs, and needs descriptors for that.
/// </summary>
public class OwnDescriptorsTests
{
    [Fact]
    public void Without_a_shortage_it_reads_on_the_same_thread() =>
        Assert.Equal(Environment.CurrentManagedThreadId, OwnDescriptors.Read(() => Environment.CurrentManagedThreadId));

    [Fact]
    public void Another_failure_is_not_tried_again()
    {
        int times = 0;

        Assert.Throws<FileNotFoundException>(() => OwnDescriptors.Read<int>(() => throw new FileNotFoundException($"{++times}")));

        Assert.Equal(1, times);
    }
}
