namespace BindToInterface.Policy.Plans;

/// <summary>How a call is carried out once the steps of its <see cref="Plan"/> are done.</summary>
public enum Way
{
    /// <summary>The kernel carries it out as the program made it.</summary>
    AsIs,

    /// <summary>The supervisor makes it on its duplicate of the socket, with the address that was judged.</summary>
    OnBehalf,

    /// <summary>The supervisor sends it by <see cref="Plan.Index"/> from <see cref="Plan.Source"/> (a PKTINFO).</summary>
    Steered,

    /// <summary>The kernel refuses what the program passed, whatever it is bound to: these bytes it gets.</summary>
    KernelRefuses,

    /// <summary>The kernel refuses its control messages (EINVAL), after the errors that it looks for first.</summary>
    Invalid,

    /// <summary>It fails with the error of <see cref="Plan.Verdict"/>.</summary>
    Refused,

    /// <summary>The steps change what is known: once they are done, the call is planned again.</summary>
    Again,
}
