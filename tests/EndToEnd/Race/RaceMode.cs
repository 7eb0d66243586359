namespace BindToInterface.EndToEnd;

/// <summary>How a program that races is supervised.</summary>
public enum RaceMode
{
    /// <summary>Bound, and nothing is excluded.</summary>
    Bound,

    /// <summary>The second address of the attack is excluded.</summary>
    Excluding,
}
