namespace BindToInterface.Policy.Routes;

/// <summary>An interface with a LAN on its link.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its ifindex.</param>
public sealed record LanInterface(string Name, uint Index);
