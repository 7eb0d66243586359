using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>
/// What the host tells at the moment of what a user names by a word or by a host name: <c>--exclude lan</c> and
/// <c>--exclude NAME</c>. It never changes: where the host tells something else, another one takes its place.
/// </summary>
public sealed record HostNetworks
{
    /// <summary>Where the user named no such word.</summary>
    public static readonly HostNetworks None = new();

    /// <summary>The networks that the interfaces which are not those of the policy reach on their own link.</summary>
    public IReadOnlyList<Network> Lan { get; init; } = [];

    /// <summary>These interfaces.</summary>
    public IReadOnlyList<LanInterface> LanInterfaces { get; init; } = [];

    /// <summary>The networks that the policy's own interfaces reach on their own link.</summary>
    public IReadOnlyList<Network> Own { get; init; } = [];

    /// <summary>Host names, each with an address that it has.</summary>
    public IReadOnlyList<NamedAddress> Named { get; init; } = [];

    /// <summary>Of this, what the options name: they may have changed since it was found.</summary>
    public HostNetworks For(TrafficPolicyOptions options)
    {
        HostNetworks lan = options.Exclude.HasLan ? this : None;
        return lan with { Named = [.. Named.Where(each => options.Exclude.Names.Contains(each.Name))] };
    }

    /// <summary>Whether both say the same.</summary>
    public bool IsAs(HostNetworks other) => Lan.SequenceEqual(other.Lan) && LanInterfaces.SequenceEqual(other.LanInterfaces)
        && Own.SequenceEqual(other.Own) && Named.SequenceEqual(other.Named);
}
