namespace BindToInterface.Policy.Wire;

/// <summary>What a route does with a packet (linux/rtnetlink.h, RTN_).</summary>
public enum RouteType : byte
{
    /// <summary>The kernel has not said.</summary>
    Unspecified = 0,
    /// <summary>A gateway, or a host on the link.</summary>
    Unicast = 1,
    /// <summary>An address of this host.</summary>
    Local = 2,
    /// <summary>A broadcast address of a network that this host is on.</summary>
    Broadcast = 3,
    /// <summary>An anycast address.</summary>
    Anycast = 4,
    /// <summary>A multicast group.</summary>
    Multicast = 5,
    /// <summary>Dropped without a word.</summary>
    Blackhole = 6,
    /// <summary>Unreachable.</summary>
    Unreachable = 7,
    /// <summary>Forbidden.</summary>
    Prohibit = 8,
}
