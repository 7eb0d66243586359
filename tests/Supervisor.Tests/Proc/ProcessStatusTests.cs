using System.Globalization;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Tests.Supervision;

namespace BindToInterface.Supervisor.Tests.Proc;

/// <summary>/proc/TID/status, read of processes that are there.</summary>
public sealed class ProcessStatusTests
{
    [Fact]
    public void Numbers_are_read_by_the_whole_name_of_their_line()
    {
        ProcessStatus status = ProcessStatus.Of(Environment.ProcessId, stackalloc byte[ProcessStatus.UsualLength]);

        Assert.Equal(Environment.ProcessId, status.Number("Tgid"u8));
        Assert.True(status.Number("Threads"u8) > 1);
        // A line begins "Tgid:", none "Tgi:".
        Assert.Null(status.Number("Tgi"u8));
        // "Name:\tdotnet" is a line, and no number.
        Assert.Null(status.Number("Name"u8));
        Assert.Null(status.Number(""u8));
    }

    [Fact]
    public void Sets_of_bits_are_hexadecimal()
    {
        string line = File.ReadLines("/proc/self/status").Single(each => each.StartsWith("CapBnd:", StringComparison.Ordinal));

        Assert.Equal(ulong.Parse(line.AsSpan(8), NumberStyles.HexNumber, CultureInfo.InvariantCulture), ProcessStatus.Of(Environment.ProcessId, stackalloc byte[ProcessStatus.UsualLength]).Bits("CapBnd"u8));
    }

    [Fact]
    public void What_does_not_fit_is_read_all_the_same()
    {
        ProcessStatus status = ProcessStatus.Of(Environment.ProcessId, stackalloc byte[16]);

        Assert.Equal(Environment.ProcessId, status.Number("Tgid"u8));
        // One of the last lines.
        Assert.NotNull(status.Number("voluntary_ctxt_switches"u8));
    }

    [Fact]
    public void Of_a_process_that_is_not_there_nothing_is_known()
    {
        // No process has this id (proc(5), /proc/sys/kernel/pid_max).
        ProcessStatus status = ProcessStatus.Of(int.MaxValue, stackalloc byte[ProcessStatus.UsualLength]);

        Assert.Null(status.Number("Tgid"u8));
        Assert.Equal(0UL, status.Bits("SigBlk"u8));
        Assert.Equal(int.MaxValue, ThreadGroup.Of(int.MaxValue));
    }

    [Fact]
    public void A_thread_belongs_to_its_process() => ThisThread.IsAnother(tid =>
    {
        Assert.NotEqual(Environment.ProcessId, tid);
        Assert.Equal(Environment.ProcessId, ThreadGroup.Of(tid));
    });
}
