using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>An address that a host name has.</summary>
/// <param name="Name">The name.</param>
/// <param name="Address">The address.</param>
public sealed record NamedAddress(string Name, IpAddress Address);
