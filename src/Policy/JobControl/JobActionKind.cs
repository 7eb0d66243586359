namespace BindToInterface.Policy.JobControl;

/// <summary>What the supervisor does about an event. "The rest" are the processes that the program has left behind.</summary>
public enum JobActionKind
{
    /// <summary>Passes the signal on to the program, or after its end to each process of the rest.</summary>
    PassOn,
    /// <summary>As <see cref="PassOn"/>, to those that are stopped only.</summary>
    PassOnToStopped,
    /// <summary>As <see cref="PassOn"/>, to those of other process groups than the supervisor's only.</summary>
    PassOnToOtherGroups,
    /// <summary>Stops the supervisor by <see cref="JobAction.Signal"/>; the next action follows when it is continued.</summary>
    Stop,
    /// <summary>Reports that the program has ended.</summary>
    ReportProgramEnd,
    /// <summary>Sends SIGHUP and SIGCONT to each stopped process group that nobody but the supervisor could continue.</summary>
    HangUpStoppedGroups,
    /// <summary>Sends SIGHUP and SIGCONT to each other process group of the session.</summary>
    HangUpOtherGroups,
    /// <summary>Takes the terminal from a foreground group that has no process left.</summary>
    TakeTerminal,
    /// <summary>Waits for the rest, and reports after a while who is waited for.</summary>
    AwaitRest,
    /// <summary>Reports the processes that are left without a supervisor.</summary>
    ReportAbandoned,
    /// <summary>Ends as the program has ended. No action follows.</summary>
    End,
}
