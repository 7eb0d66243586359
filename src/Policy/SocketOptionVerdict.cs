namespace BindToInterface.Policy;

/// <summary>The policy's decision on one setsockopt call.</summary>
public readonly record struct SocketOptionVerdict(SocketOptionAction Action)
{
    /// <summary>The local address that must be the interface's (<see cref="SocketOptionAction.CheckAddress"/>).</summary>
    public IpAddress Address { get; init; }

    /// <summary>The group to join (<see cref="SocketOptionAction.Join"/>).</summary>
    public IpAddress Group { get; init; }

    /// <summary>The only sender wanted of the group, for the source-specific joins.</summary>
    public IpAddress? GroupSource { get; init; }
}
