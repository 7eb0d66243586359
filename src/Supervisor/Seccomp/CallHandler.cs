namespace BindToInterface.Supervisor.Seccomp;

/// <summary>Who answers a call that the filter stops.</summary>
internal enum CallHandler
{
    None,
    Connect,
    Send,
    Message,
    Vector,
    Receive,
    SocketOption,

    /// <summary>Reads the arguments of a socketcall from memory, and has the rules of the call decide that it stands for.</summary>
    Socketcall,
}
