namespace BindToInterface.Supervisor.Check;

/// <summary>What a finding means for the program.</summary>
internal enum FindingState
{
    /// <summary>It is as it should be.</summary>
    Ok,
    /// <summary>Connections work, and a user should know of it.</summary>
    Warning,
    /// <summary>Connections, or some of them, do not work.</summary>
    Problem,
}
