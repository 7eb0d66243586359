using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>How the program ended: by exit with a status, or by a signal.</summary>
internal readonly unsafe record struct ProgramStatus(int Value, bool IsSignal)
{
    private const int SignalBase = 128;

    /// <summary>Ends this process as the program ended.</summary>
    /// <returns>The exit status, where ending by a signal is not possible: the first process of a pid namespace.</returns>
    public int EndAlike()
    {
        if (!IsSignal)
        {
            return Value;
        }

        if (Libc.getpid() != 1)
        {
            // The program has left its core file, if any. One of the supervisor would tell nothing.
            _ = Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
            Libc.RestoreDefaultAction(Value);
            Sigset signal = Sigset.Of(Value);
            _ = Libc.kill(Libc.getpid(), Value);
            _ = Libc.pthread_sigmask(Libc.SIG_UNBLOCK, &signal, null);
        }

        return SignalBase + Value;
    }
}
