namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What makes a rule necessary.</summary>
internal enum FilterNeed
{
    /// <summary>Destinations are judged.</summary>
    Destinations,

    /// <summary>An interface is set: what has no destination to judge must not send by another one.</summary>
    Interface,

    /// <summary>Copies of the sockets are kept, since none can be duplicated.</summary>
    Copies,

    /// <summary>The same, and no interface is set, so that no kind of socket is refused.</summary>
    CopiesAlone,

    /// <summary>The source of a DNS reply may have to be restored, or the reply is read for its names.</summary>
    DnsSource,

    /// <summary>DNS replies are read for their names, to be told with the connections.</summary>
    Names,

    /// <summary>It is told what became of connections.</summary>
    Results,

    /// <summary>An interface is set, and the supervisor makes the program's IP sockets.</summary>
    Births,

    /// <summary>The program is taken for hostile, and of sockets none can be duplicated: those that send no IP packets are made as well.</summary>
    LocalBirths,

    /// <summary>An interface is set, and the program is taken for hostile.</summary>
    Strict,

    /// <summary>The same, and a socket may be set free for an excluded destination, or be taken to another interface.</summary>
    StrictElsewhere,

    /// <summary>An interface is set, and the kernel makes them.</summary>
    NoBirths,
}
