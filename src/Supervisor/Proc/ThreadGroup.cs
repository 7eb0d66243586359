namespace BindToInterface.Supervisor.Proc;

/// <summary>The process that a thread belongs to.</summary>
internal static class ThreadGroup
{
    /// <summary>The process id. If the thread is gone or hidden, its own id; a user of the id finds that out.</summary>
    public static int Of(int tid) => ProcessStatus.Of(tid).Number("Tgid"u8) ?? tid;
}
