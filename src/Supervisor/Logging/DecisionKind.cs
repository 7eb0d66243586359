namespace BindToInterface.Supervisor.Logging;

/// <summary>What a <see cref="Decision"/> is about.</summary>
internal enum DecisionKind
{
    /// <summary>A destination was judged.</summary>
    Judged,

    /// <summary>The Unix socket of a resolver daemon was refused.</summary>
    ResolverDaemon,

    /// <summary>A connect goes on to the Unix socket of a program that takes jobs over.</summary>
    Takeover,

    /// <summary>The program's memory, descriptor or the means to wait could not be had: the call is denied.</summary>
    Unreachable,
}
