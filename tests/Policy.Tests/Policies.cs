using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests;

/// <summary>Policies in the words of the command line.</summary>
internal static class Policies
{
    public static TrafficPolicy Of(string? interfaceName = "ovpn", string? dns = null, string exclude = "", string? source = null, string route = "", HostNetworks? host = null, bool isStrict = false)
    {
        Assert.True(ExcludeList.TryParse(exclude, out ExcludeList list, out string error), error);
        Assert.True(RouteList.TryParse(route, out RouteList routes, out error), error);
        return new(new TrafficPolicyOptions
        {
            Interface = interfaceName == "none" ? null : interfaceName,
            RefusesOthers = interfaceName == "none",
            Routes = routes,
            Dns = Pair(dns, TrafficPolicy.DnsPort),
            Exclude = list,
            Source = Pair(source, null),
            IsStrict = isStrict,
        }, host ?? HostNetworks.None);
    }

    private static AddressPair Pair(string? text, ushort? port)
    {
        if (text is null)
        {
            return default;
        }

        Assert.True(AddressPair.TryParse(text, port, out AddressPair pair, out string error), error);
        return pair;
    }
}
