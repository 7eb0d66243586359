namespace BindToInterface.Supervisor.Proc;

/// <summary>The process that a thread belongs to.</summary>
internal static class ThreadGroup
{
    /// <summary>Whether a process has more threads than the one that waits in a call, which is the only one that could start others.</summary>
    public static bool HasOthers(int tid) => ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]).Number("Threads"u8) is not 1;

    /// <summary>The process id. If the thread is gone or hidden, its own id; a user of the id finds that out.</summary>
    public static int Of(int tid) => ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]).Number("Tgid"u8) ?? tid;
}
