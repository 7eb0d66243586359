namespace BindToInterface.Supervisor.Status;

/// <summary>What a supervisor answers when it is asked how it is: one line of JSON with these names. docs/status.md has the meaning of each.</summary>
internal sealed record SupervisorStatus
{
    /// <summary>The number of this set of names. It changes when one changes its meaning or goes, not when one is added.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The process id of the supervisor.</summary>
    public int Pid { get; init; }

    /// <summary>The user of the supervisor.</summary>
    public uint Uid { get; init; }

    /// <summary>The program as it was started.</summary>
    public string Program { get; init; } = "";

    /// <summary>The process id of the program.</summary>
    public int ProgramPid { get; init; }

    /// <summary>The interface that the policy has now; null for none.</summary>
    public string? Interface { get; init; }

    /// <summary>up, down, absent or no address; null where no interface is set.</summary>
    public string? State { get; init; }

    /// <summary>When the program was started.</summary>
    public DateTimeOffset Since { get; init; }

    public StatusCounts Counts { get; init; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The interface of the policy, and all that decisions have named.</summary>
    public IReadOnlyList<InterfaceShare> Interfaces { get; init; } = [];
}
