namespace BindToInterface.Supervisor.Seccomp;

/// <summary>How an argument of a call is compared with the values of a test.</summary>
internal enum ArgumentComparison
{
    /// <summary>It is one of the values.</summary>
    In,

    /// <summary>It is none of the values.</summary>
    NotIn,

    /// <summary>It is the value or more, both without a sign.</summary>
    AtLeast,

    /// <summary>It has any of the value's bits.</summary>
    AnyBit,

    /// <summary>It has none of the value's bits.</summary>
    NoBit,

    /// <summary>It is a pointer that is not null: all 64 bits count.</summary>
    NotNull,
}
