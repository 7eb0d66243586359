namespace BindToInterface.Supervisor.Seccomp;

/// <summary>Who answers a call that the filter stops.</summary>
internal enum CallHandler
{
    None,
    Connect,
    Port,
    Send,
    Message,
    Vector,
    Receive,
    SocketOption,

    /// <summary>Tells what became of a connection that was started (SO_ERROR).</summary>
    SocketError,

    /// <summary>Fails as its row says, and publishes that: in place of an errno that the kernel gives.</summary>
    Refusal,

    /// <summary>Makes a socket, and hands it over.</summary>
    Birth,

    /// <summary>Reads the arguments of a socketcall from memory, and has the rules of the call decide that it stands for.</summary>
    Socketcall,
}
