using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Target;

/// <summary>What wants to interrupt a thread: a signal that waits to be delivered, or a tracer.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Tracer">The process id of the thread's tracer; 0 for none.</param>
internal readonly record struct PendingSignals(PendingSignal Signal, int Tracer)
{
    public static PendingSignals Of(int tid)
    {
        ProcessStatus status = ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]);
        ulong wanted = ~status.Bits("SigBlk"u8);
        PendingSignal signal = (status.Bits("SigPnd"u8) & wanted) != 0 ? PendingSignal.Own
            : (status.Bits("ShdPnd"u8) & wanted) == 0 ? PendingSignal.None
            : status.Number("Threads"u8) == 1 ? PendingSignal.Own
            : PendingSignal.Shared;
        return new(signal, status.Number("TracerPid"u8) ?? 0);
    }
}
