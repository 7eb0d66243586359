namespace BindToInterface.Supervisor.Notify;

/// <summary>Whether a signal waits to be delivered to a thread.</summary>
internal static class PendingSignals
{
    public static PendingSignal Of(int tid)
    {
        ProcessStatus status = ProcessStatus.Of(tid);
        ulong wanted = ~status.Bits("SigBlk");
        return (status.Bits("SigPnd") & wanted) != 0 ? PendingSignal.Own
            : (status.Bits("ShdPnd") & wanted) == 0 ? PendingSignal.None
            : status.Number("Threads") == 1 ? PendingSignal.Own
            : PendingSignal.Shared;
    }
}
