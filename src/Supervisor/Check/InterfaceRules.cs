using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Check;

/// <summary>An interface: is it there, is it up, and which addresses has it?</summary>
internal static class InterfaceRules
{
    private const string Area = "interface";
    private const int MaximumNamed = 12;

    /// <param name="name">The interface that traffic is bound to.</param>
    /// <param name="facts">The network.</param>
    public static IEnumerable<Finding> Judge(string name, INetworkFacts facts)
    {
        if (Find(name, facts) is not LinkEntry link)
        {
            LinkEntry? meant = facts.Links.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            yield return Finding.Problem(
                Area, $"interface {name}: no such device; connections are refused until it appears; existing interfaces: {Existing(facts)}") with
            {
                IsAbsence = true,
                Option = meant is null ? null : (Setting.Interface, meant.Name),
            };
            yield break;
        }

        yield return !link.IsUp
            ? Finding.Problem(Area, $"interface {name} is down: connections fail") with { Command = $"ip link set {link.Name} up" }
            : !link.HasCarrier
            ? Finding.Problem(Area, $"interface {name} has no carrier: its cable is unplugged, or the program that serves it does not run; nothing goes out")
            : Finding.Ok(Area, $"interface {name} is up");

        AddressEntry[] usable4 = Addresses(link, facts, IpFamily.IPv4), usable6 = Addresses(link, facts, IpFamily.IPv6);
        if (usable4.Length + usable6.Length == 0)
        {
            yield return Finding.Problem(
                Area, $"interface {name} has no address, so that nothing answers; its VPN or DHCP client sets one, or you do") with
            {
                Command = $"ip address add ADDRESS/PREFIX dev {link.Name}",
            };
            yield break;
        }

        yield return usable4.Length > 0
            ? Finding.Ok(Area, $"interface {name} has IPv4: {List(usable4)}")
            : OthersHave(IpFamily.IPv4, link, facts)
            ? Finding.Problem(
                Area, $"interface {name} has no IPv4 address: IPv4 packets would carry an address of another interface, and nothing answers") with
            {
                Command = $"ip address add ADDRESS/PREFIX dev {link.Name}",
            }
            : Finding.Warning(Area, $"interface {name} has no IPv4 address: there is no IPv4");
        yield return usable6.Length > 0
            ? Finding.Ok(Area, $"interface {name} has IPv6: {List(usable6)}")
            : Finding.Warning(Area, $"interface {name} has no IPv6 address: IPv6 connections fail, and most programs then use IPv4");
    }

    /// <summary>The names of the interfaces that there are, for a message.</summary>
    public static string Existing(INetworkFacts facts) => facts.Links.Count == 0 ? "none"
        : string.Join(", ", facts.Links.Take(MaximumNamed).Select(each => each.Name)) + (facts.Links.Count > MaximumNamed ? ", …" : "");

    /// <summary>The interface of a name.</summary>
    public static LinkEntry? Find(string name, INetworkFacts facts) => facts.Links.FirstOrDefault(link => link.IsNamed(name));

    /// <summary>Its addresses of a family that packets to the internet can carry.</summary>
    public static AddressEntry[] Addresses(LinkEntry link, INetworkFacts facts, IpFamily family) =>
        [.. facts.Addresses.Where(address => address.InterfaceIndex == link.Index && address.Address.Family == family && address.IsUsable)];

    /// <summary>The kernel then takes one of those (inet_select_addr).</summary>
    private static bool OthersHave(IpFamily family, LinkEntry link, INetworkFacts facts) => facts.Addresses.Any(address =>
        address.InterfaceIndex != link.Index && address.Address.Family == family && address.IsUsable && !address.Address.IsLoopback);

    private static string List(AddressEntry[] addresses) => string.Join(", ", addresses.Take(3).Select(each => each.Address)) + (addresses.Length > 3 ? ", …" : "");
}
