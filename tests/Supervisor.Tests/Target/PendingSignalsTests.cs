using BindToInterface.Supervisor.Target;
using BindToInterface.Supervisor.Tests.Supervision;

namespace BindToInterface.Supervisor.Tests.Target;

/// <summary>Signals that wait for a process, which is stopped so that none is delivered.</summary>
public sealed class PendingSignalsTests
{
    [Fact]
    public void Without_a_signal_nothing_waits()
    {
        using var other = new OtherProcess();

        Assert.Equal(new PendingSignals(PendingSignal.None, 0), PendingSignals.Of(other.Id));
    }

    [Fact]
    public void A_signal_for_a_process_of_one_thread_is_that_thread_s()
    {
        using var other = new OtherProcess();
        other.Stop();

        other.Signal("USR1");

        Assert.Equal(PendingSignal.Own, PendingSignals.Of(other.Id).Signal);
    }

    [Fact]
    public void A_signal_that_is_blocked_interrupts_nothing()
    {
        using var other = new OtherProcess("env", "--block-signal=USR1");
        other.Stop();

        other.Signal("USR1");
        Assert.Equal(PendingSignal.None, PendingSignals.Of(other.Id).Signal);

        other.Signal("USR2");
        Assert.Equal(PendingSignal.Own, PendingSignals.Of(other.Id).Signal);
    }

    [Fact]
    public void Of_a_process_that_is_gone_nothing_waits() =>
        Assert.Equal(new PendingSignals(PendingSignal.None, 0), PendingSignals.Of(int.MaxValue));
}
