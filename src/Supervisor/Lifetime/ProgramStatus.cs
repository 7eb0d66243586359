using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

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

        if (LibC.getpid() != 1)
        {
            // The program has left its core file, if any; ours would only say that we followed it.
            _ = Native.prctl(Native.PR_SET_DUMPABLE, 0, 0, 0, 0);
            Native.RestoreDefaultAction(Value);
            sigset_t signal = Sigset.Of(Value);
            _ = LibC.kill(LibC.getpid(), Value);
            _ = LibC.pthread_sigmask(LibC.SIG_UNBLOCK, &signal, null);
        }

        return SignalBase + Value;
    }
}
