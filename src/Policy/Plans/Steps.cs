namespace BindToInterface.Policy.Plans;

/// <summary>What is done to a socket before its call is carried out, in this order.</summary>
[Flags]
public enum Steps
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Dissolve the association of a datagram socket; with <see cref="Way.Again"/> only.</summary>
    Dissolve = 1,

    /// <summary>Read the header that the program wrote; with <see cref="Way.Again"/> only.</summary>
    ReadHeader = 2,

    /// <summary>Take the binding away; where the kernel does not let that be, the call is refused.</summary>
    Unbind = 4,

    /// <summary>Where the binding cannot be taken away, dissolve the association, which takes it along.</summary>
    UnbindByDissolving = 8,

    /// <summary>Bind the socket to the verdict's interface; where that cannot be, the call is refused.</summary>
    Bind = 16,

    /// <summary>Bind the socket to the verdict's interface; where that cannot be, the supervisor sends.</summary>
    TryBind = 32,

    /// <summary>Give the socket the verdict's source address.</summary>
    TakeSource = 64,
}
