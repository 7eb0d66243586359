using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>What the user asked for.</summary>
public sealed record TrafficPolicyOptions
{
    /// <summary>The interface that outgoing IP traffic must use; null passes everything.</summary>
    public string? Interface { get; init; }

    /// <summary>The servers that port-53 traffic is sent to instead.</summary>
    public AddressPair Dns { get; init; }

    /// <summary>Destinations that keep the normal routes.</summary>
    public ExcludeList Exclude { get; init; } = ExcludeList.Empty;

    /// <summary>The local addresses to send from.</summary>
    public AddressPair Source { get; init; }

    /// <summary>Whether the program may ask resolver daemons over their Unix sockets.</summary>
    public bool AllowResolverDaemons { get; init; }
}
