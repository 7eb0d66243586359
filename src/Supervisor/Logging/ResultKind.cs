namespace BindToInterface.Supervisor.Logging;

/// <summary>What is known of what became of a call.</summary>
internal enum ResultKind
{
    /// <summary>The kernel carries it out, and tells the supervisor nothing of it.</summary>
    Unknown,

    /// <summary>It failed, with an errno that the program has got, or gets by asking (SO_ERROR).</summary>
    Failed,

    /// <summary>A TCP connection is established.</summary>
    Established,

    /// <summary>A datagram socket has its peer.</summary>
    Connected,

    /// <summary>A datagram was handed to the kernel, which took it.</summary>
    Sent,

    /// <summary>A TCP connection is under way.</summary>
    Started,
}
