using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Routes;

/// <summary>The policy's decision on one destination.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Destination">Where to, after a DNS rewrite.</param>
public readonly record struct Verdict(VerdictKind Kind, Endpoint Destination)
{
    /// <summary>Whether <see cref="Destination"/> differs from what the program named.</summary>
    public bool Rewritten { get; init; }

    /// <summary>
    /// Whether the rewritten destination can be reached only through a socket that is not IPV6_V6ONLY,
    /// because an IPv6 destination became an IPv4 one. On any other socket the answer is ECONNREFUSED.
    /// </summary>
    public bool NeedsDualStack { get; init; }

    /// <summary>
    /// The interface to leave by, by name; set for <see cref="VerdictKind.Bind"/>, and for what was refused although it had one.
    /// </summary>
    public string? Interface { get; init; }

    /// <summary>
    /// The local address to send from, where the user chose one for this destination. It counts as the interface's own,
    /// whichever interface has it: a host may keep its public address on lo or on a dummy.
    /// </summary>
    public IpAddress? Source { get; init; }

    /// <summary>The answer of <see cref="VerdictKind.Refuse"/>.</summary>
    public Errno Error { get; init; }

    /// <summary>Why a refusal, for a person; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the program named, where it was redirected.</summary>
    public Endpoint? Original { get; init; }

    /// <summary>Whether the user has to know of the refusal.</summary>
    public bool IsLoud { get; init; }

    /// <summary>Whether it is refused because the interface is not there.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The same destination, refused. The interface by which it was to leave stays named.</summary>
    /// <param name="error">The answer.</param>
    /// <param name="reason">Why, for a person.</param>
    /// <param name="isLoud">Whether the user has to know of it.</param>
    public Verdict Refuse(Errno error, string reason, bool isLoud = false) =>
        this with { Kind = VerdictKind.Refuse, Error = error, Reason = reason, IsLoud = isLoud };
}
