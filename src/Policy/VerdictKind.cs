namespace BindToInterface.Policy;

/// <summary>What is to be done with a call that names a destination.</summary>
public enum VerdictKind
{
    /// <summary>No interface is configured: nothing is bound.</summary>
    Pass,
    /// <summary>The destination is on the exclude list: it keeps the normal routes.</summary>
    Exclude,
    /// <summary>It leaves by the verdict's interface, or not at all.</summary>
    Bind,
    /// <summary>It fails with the verdict's error.</summary>
    Refuse,
}
