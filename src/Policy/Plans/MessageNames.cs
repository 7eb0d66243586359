using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Plans;

/// <summary>What a message says of its way, copied out of the program's memory.</summary>
/// <param name="address">The sockaddr; empty for a send to the peer.</param>
/// <param name="control">The control messages.</param>
/// <param name="layout">Their layout.</param>
public readonly ref struct MessageNames(ReadOnlySpan<byte> address, ReadOnlySpan<byte> control, AbiLayout layout)
{
    /// <summary>The sockaddr; empty for a send to the peer.</summary>
    public ReadOnlySpan<byte> Address { get; } = address;

    /// <summary>The control messages.</summary>
    public ReadOnlySpan<byte> Control { get; } = control;

    /// <summary>Their layout.</summary>
    public AbiLayout Layout { get; } = layout;

    /// <summary>Whether the control messages name an interface, a source or a first hop, or cannot be read.</summary>
    public bool MayNameWay => ControlMessages.MayNameWay(Control, Layout);
}
