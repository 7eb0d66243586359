namespace BindToInterface.Policy.JobControl;

/// <summary>A child that has changed (waitid(2)).</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Change">What it does.</param>
/// <param name="Status">Its exit status, or the number of the signal that ended, stopped or continued it.</param>
public readonly record struct JobChild(int Pid, JobChildChange Change, int Status)
{
    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Change is JobChildChange.Exited or JobChildChange.Killed;
}
