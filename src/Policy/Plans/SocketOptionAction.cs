using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>What is to be done with a setsockopt call.</summary>
public enum SocketOptionAction
{
    /// <summary>The kernel carries it out as it stands.</summary>
    Continue,
    /// <summary>
    /// <see cref="SocketOptionVerdict.Error"/>: it names another interface or first hop, or takes the binding away.
    /// </summary>
    Refuse,
    /// <summary>It binds to an interface of the policy: the supervisor does so, and answers success.</summary>
    Bind,
    /// <summary>
    /// The same if <see cref="SocketOptionVerdict.Device"/> is another name of one of the policy's interfaces; else refused.
    /// </summary>
    CheckDevice,
    /// <summary>It connects: bind to the interface first, then continue. Refused where the way depends on the destination.</summary>
    BindThenContinue,
    /// <summary>It is fine if the interface has <see cref="SocketOptionVerdict.Address"/>; else refused.</summary>
    CheckAddress,
    /// <summary>
    /// It lets the program write headers: fine unless the socket is connected and not bound, where what it
    /// writes is not judged; else EPERM. Where the way depends on the destination, a connected socket may not at all.
    /// </summary>
    CheckConnection,
    /// <summary>It joins or leaves a group on an interface of the kernel's choice: that of the group's route is named instead.</summary>
    Membership,
    /// <summary>It chooses a group's sources on an interface of the kernel's choice: that of the group's route is named instead.</summary>
    SourceFilter,
}
