namespace BindToInterface.EndToEnd;

/// <summary>One of the client's two uplinks, and the internet behind it.</summary>
public sealed record Side(string Name, int Number, string Address4, string Address6)
{
    /// <summary>The default route: the wrong uplink for whatever is bound.</summary>
    public static Side Lan0 { get; } = new("lan0", 1, "192.168.77.2", "fd00:77::2");

    /// <summary>The interface to bind to.</summary>
    public static Side Ovpn { get; } = new("ovpn", 2, "10.8.0.2", "fd00:8::2");

    /// <summary>The client's address as this side's servers see it when asked at DESTINATION.</summary>
    public string ClientFor(string destination) =>
        destination.Contains(':', StringComparison.Ordinal) && !destination.StartsWith("::ffff:", StringComparison.OrdinalIgnoreCase)
            ? Address6
            : Address4;

    public override string ToString() => Name;
}
