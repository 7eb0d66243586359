namespace BindToInterface.Policy.Wire;

/// <summary>A list that the kernel tells (linux/rtnetlink.h, RTM_GET…).</summary>
public enum NetworkList
{
    /// <summary>RTM_GETLINK.</summary>
    Links = 18,
    /// <summary>RTM_GETADDR.</summary>
    Addresses = 22,
    /// <summary>RTM_GETROUTE.</summary>
    Routes = 26,
    /// <summary>RTM_GETNEIGH.</summary>
    Neighbours = 30,
}
