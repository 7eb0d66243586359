namespace BindToInterface.Policy;

/// <summary>The signals that job control tells apart (signal(7)), with the numbers that x86, arm and arm64 share.</summary>
public enum Signal
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>The terminal is gone.</summary>
    SIGHUP = 1,
    /// <summary>The terminal's interrupt key.</summary>
    SIGINT = 2,
    /// <summary>The terminal's quit key.</summary>
    SIGQUIT = 3,
    /// <summary>A pipe has no reader.</summary>
    SIGPIPE = 13,
    /// <summary>The process is asked to end.</summary>
    SIGTERM = 15,
    /// <summary>A child has changed.</summary>
    SIGCHLD = 17,
    /// <summary>A stopped process goes on.</summary>
    SIGCONT = 18,
    /// <summary>Stops a process, whatever it does.</summary>
    SIGSTOP = 19,
    /// <summary>The terminal's suspend key.</summary>
    SIGTSTP = 20,
    /// <summary>A process of the background reads from the terminal.</summary>
    SIGTTIN = 21,
    /// <summary>A process of the background writes to the terminal.</summary>
    SIGTTOU = 22,
    /// <summary>The terminal's size has changed.</summary>
    SIGWINCH = 28,
}
