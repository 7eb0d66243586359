namespace BindToInterface.Policy.JobControl;

/// <summary>An action of the supervisor.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Signal">The signal of a <see cref="JobActionKind.Stop"/>.</param>
public readonly record struct JobAction(JobActionKind Kind, Signal Signal = Signal.None);
