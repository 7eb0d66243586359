namespace BindToInterface.Supervisor.Handlers;

/// <summary>Who may carry a datagram out.</summary>
internal enum Carrier
{
    /// <summary>The kernel where it may, else the supervisor.</summary>
    Either,

    /// <summary>The kernel only; nothing is sent where it may not.</summary>
    Kernel,

    /// <summary>The supervisor: the datagram is one of several of a call.</summary>
    Supervisor,
}
