namespace BindToInterface.Policy.JobControl;

/// <summary>A signal that the supervisor has received.</summary>
/// <param name="Signal">Which.</param>
/// <param name="IsFromKernel">
/// The kernel made it: a terminal, a broken pipe, the change of a child. Not a process, by kill(2) or sigqueue(3).
/// </param>
/// <param name="IsFromSelf">The supervisor is its sender.</param>
public readonly record struct JobSignal(Signal Signal, bool IsFromKernel, bool IsFromSelf = false)
{
    /// <summary>
    /// The terminal sent it: of a key, its size, its end, or since a process of the background reads or writes it. The
    /// terminal sends all but its end to a whole process group.
    /// </summary>
    public bool IsFromTerminal => IsFromKernel && Signal is (Signal.SIGHUP or Signal.SIGINT or Signal.SIGQUIT
        or Signal.SIGTSTP or Signal.SIGTTIN or Signal.SIGTTOU or Signal.SIGWINCH);
}
