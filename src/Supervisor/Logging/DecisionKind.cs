namespace BindToInterface.Supervisor.Logging;

/// <summary>What a <see cref="Decision"/> is about.</summary>
internal enum DecisionKind
{
    /// <summary>A destination was judged.</summary>
    Judged,

    /// <summary>The Unix socket of a resolver daemon was refused.</summary>
    ResolverDaemon,

    /// <summary>A connect goes on to a Unix socket, whose owner may do the work in the program's place.</summary>
    UnixSocket,

    /// <summary>A call failed whatever its destination: as the filter says (a family, io_uring), or since a socket could not be bound.</summary>
    Filtered,

    /// <summary>The program's memory, descriptor or the means to wait could not be had: the call is denied.</summary>
    Unreachable,
}
