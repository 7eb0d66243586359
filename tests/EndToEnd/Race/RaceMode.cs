namespace BindToInterface.EndToEnd;

/// <summary>How a program that races is supervised.</summary>
public enum RaceMode
{
    /// <summary>Bound, and nothing is excluded.</summary>
    Bound,

    /// <summary>The second address of the attack is excluded.</summary>
    Excluding,

    /// <summary>Strict, and nothing is excluded.</summary>
    Strict,

    /// <summary>Strict, and the second address of the attack is excluded.</summary>
    StrictExcluding,

    /// <summary>Strict, where no descriptor can be duplicated, and nothing is excluded.</summary>
    StrictCopies,

    /// <summary>Strict, and the second address of the attack is reached through the other interface.</summary>
    StrictRoute,
}
