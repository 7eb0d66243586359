namespace BindToInterface.Supervisor.Status;

/// <summary>One interface in a <see cref="SupervisorStatus"/>, with the decisions that name it.</summary>
internal sealed record InterfaceShare(string Name, string State, long Bound, long Refused);
