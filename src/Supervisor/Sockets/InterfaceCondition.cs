namespace BindToInterface.Supervisor.Sockets;

/// <summary>What can be said of an interface at a moment.</summary>
internal enum InterfaceCondition
{
    /// <summary>No interface has the name.</summary>
    Absent,

    /// <summary>It is switched off, or has no carrier.</summary>
    Down,

    /// <summary>It has no address beyond its link.</summary>
    NoAddress,

    Up,
}
