namespace BindToInterface.Policy.JobControl;

/// <summary>What a child does, as waitid(2) tells it.</summary>
public enum JobChildChange
{
    /// <summary>Something that is no matter of job control.</summary>
    Other,
    /// <summary>It has ended with an exit status.</summary>
    Exited,
    /// <summary>It was ended by a signal.</summary>
    Killed,
    /// <summary>It was stopped by a signal.</summary>
    Stopped,
    /// <summary>It goes on after a stop.</summary>
    Continued,
}
