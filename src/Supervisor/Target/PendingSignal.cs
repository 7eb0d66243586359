namespace BindToInterface.Supervisor.Target;

/// <summary>What is known of a signal that waits.</summary>
internal enum PendingSignal
{
    None,

    /// <summary>It is the thread's: the kernel has marked it as interrupted.</summary>
    Own,

    /// <summary>It is for any thread of the process. The kernel has marked one of them, and does not tell which.</summary>
    Shared,
}
