namespace BindToInterface.Supervisor.Logging;

/// <summary>What a decision is counted as. Each is counted as one of these; <see cref="Redirected"/> comes in addition.</summary>
internal enum CountedDecision
{
    Passed,
    Excluded,
    Bound,
    Refused,

    /// <summary>The call could not be judged, and was refused for that.</summary>
    Failed,

    /// <summary>Of the others, how many <c>--dns</c> has redirected.</summary>
    Redirected,
}
