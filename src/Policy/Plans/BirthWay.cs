namespace BindToInterface.Policy.Plans;

/// <summary>Who makes a socket.</summary>
public enum BirthWay
{
    /// <summary>The kernel, as the program asked for it.</summary>
    AsIs,

    /// <summary>The supervisor, which hands it over.</summary>
    Made,

    /// <summary>Nobody: the call fails.</summary>
    Refused,
}
