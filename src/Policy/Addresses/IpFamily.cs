namespace BindToInterface.Policy.Addresses;

/// <summary>The two families of IP addresses, with their AF_ numbers (linux/socket.h).</summary>
public enum IpFamily : ushort
{
    /// <summary>AF_INET.</summary>
    IPv4 = 2,
    /// <summary>AF_INET6.</summary>
    IPv6 = 10,
}
