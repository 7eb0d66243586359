using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Check;

/// <summary>One thing that was looked at, and what came of it.</summary>
/// <param name="Area">What it is about, in one word.</param>
/// <param name="State">What it means.</param>
/// <param name="Text">What is so and what follows from it; it names what it is about, since a warning at the start has no area.</param>
internal sealed record Finding(string Area, FindingState State, string Text)
{
    /// <summary>A command that mends it. A word in capitals in it is to be filled in.</summary>
    public string? Command { get; init; }

    /// <summary>The option that mends it with another value, or left out where that is null. The text says so in words.</summary>
    public (Setting Setting, string? Value)? Option { get; init; }

    /// <summary>Whether it is that an interface is absent.</summary>
    public bool IsAbsence { get; init; }

    /// <summary>Whether it is so because of the interface or its routes, if there is something wrong with them.</summary>
    public bool IsConsequence { get; init; }

    /// <summary>Whether a run warns of it: something breaks.</summary>
    public bool IsToldAtStart
    {
        get => field || State == FindingState.Problem;
        init;
    }

    /// <summary>What to type: a command, or this check with another option.</summary>
    public string? Remedy(CheckedCommand check) => Command ?? (Option is var (setting, value) ? check.With(setting, value) : null);

    public static Finding Ok(string area, string text) => new(area, FindingState.Ok, text);

    public static Finding Warning(string area, string text) => new(area, FindingState.Warning, text);

    public static Finding Problem(string area, string text) => new(area, FindingState.Problem, text);
}
