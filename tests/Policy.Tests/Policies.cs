using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests;

/// <summary>Policies in the words of the command line.</summary>
internal static class Policies
{
    public static TrafficPolicy Of(string? interfaceName = "ovpn", string? dns = null, string exclude = "", string? source = null)
    {
        Assert.True(ExcludeList.TryParse(exclude, out ExcludeList list, out string error), error);
        return new(new TrafficPolicyOptions
        {
            Interface = interfaceName,
            Dns = Pair(dns, TrafficPolicy.DnsPort),
            Exclude = list,
            Source = Pair(source, null),
        });
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
