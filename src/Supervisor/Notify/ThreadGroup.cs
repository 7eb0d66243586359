namespace BindToInterface.Supervisor.Notify;

/// <summary>The process that a thread belongs to.</summary>
internal static class ThreadGroup
{
    /// <summary>The process id; the thread's own where it is gone, which whoever uses the id will find out, or hidden.</summary>
    public static int Of(int tid) => ProcessStatus.Of(tid).Number("Tgid"u8) ?? tid;
}
