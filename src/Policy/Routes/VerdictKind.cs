namespace BindToInterface.Policy.Routes;

/// <summary>What is to be done with a call that names a destination.</summary>
public enum VerdictKind
{
    /// <summary>No interface is set: nothing is bound.</summary>
    Pass,
    /// <summary>The destination is excluded: it keeps the normal routes.</summary>
    Exclude,
    /// <summary>It leaves by the interface of the verdict, or not at all.</summary>
    Bind,
    /// <summary>It fails with the error of the verdict.</summary>
    Refuse,
}
