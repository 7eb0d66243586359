using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What the filter is needed for, from what the user asked for.</summary>
/// <param name="JudgesDestinations">Whether calls that name a destination are judged at all.</param>
/// <param name="BindsToInterface">Whether anything is bound or refused.</param>
/// <param name="RestoresDnsSource">Whether the source of a DNS reply may have to be restored.</param>
/// <param name="MakesSockets">Whether the supervisor makes the program's IP sockets.</param>
/// <param name="IsStrict">Whether the program is taken for hostile.</param>
internal readonly record struct FilterOptions(bool JudgesDestinations, bool BindsToInterface, bool RestoresDnsSource, bool MakesSockets = false, bool IsStrict = false)
{
    /// <summary>Whether it is told what became of connections.</summary>
    public bool TellsResults { get; init; }

    /// <summary>Whether DNS replies are read for their names.</summary>
    public bool ReadsNames { get; init; }

    /// <summary>Whether the supervisor is to know of what the filter alone would refuse.</summary>
    public bool TellsRefusals { get; init; }

    /// <summary>Whether nothing is refused, by whatever entry it comes.</summary>
    public bool AllowsRefused { get; init; }

    /// <summary>What the user's choices need.</summary>
    /// <param name="traffic">The choices.</param>
    /// <param name="logsDecisions">Whether decisions are logged. Calls are then stopped even if nothing is done with them.</param>
    /// <param name="mayChange">
    /// Whether the choices may change while the program runs; the filter cannot. An interface is not set or taken away then.
    /// </param>
    public static FilterOptions For(TrafficPolicyOptions traffic, bool logsDecisions, bool mayChange = false) => new(
        JudgesDestinations: traffic.Restricts || !traffic.Dns.IsEmpty || !traffic.Source.IsEmpty || logsDecisions || mayChange,
        BindsToInterface: traffic.Restricts,
        RestoresDnsSource: !traffic.Dns.IsEmpty || mayChange,
        MakesSockets: traffic.IsStrict && traffic.Restricts,
        IsStrict: traffic.IsStrict)
    {
        TakesSocketsElsewhere = traffic.IsStrict && (mayChange || !traffic.Exclude.IsEmpty || traffic.Routes.Routes.Count > 0),
    };

    /// <summary>Whether, in strict mode, a socket may be set free for an excluded destination, or be taken to another interface.</summary>
    public bool TakesSocketsElsewhere { get; init; }

    /// <summary>Whether copies of the sockets are kept, where calls are judged at all.</summary>
    public bool KeepsCopies { get; init; }

    public bool Has(FilterNeed need) => need switch
    {
        FilterNeed.Copies => KeepsCopies && JudgesDestinations,
        FilterNeed.CopiesAlone => KeepsCopies && JudgesDestinations && !BindsToInterface,
        FilterNeed.DnsSource => RestoresDnsSource || ReadsNames,
        FilterNeed.Names => ReadsNames,
        FilterNeed.Results => TellsResults,
        FilterNeed.Interface => BindsToInterface,
        FilterNeed.Births => BindsToInterface && ((MakesSockets && !AllowsRefused) || KeepsCopies),
        FilterNeed.LocalBirths => BindsToInterface && IsStrict && KeepsCopies && !AllowsRefused,
        FilterNeed.Strict => BindsToInterface && IsStrict && !AllowsRefused,
        FilterNeed.StrictElsewhere => Has(FilterNeed.Strict) && TakesSocketsElsewhere,
        FilterNeed.NoBirths => BindsToInterface && (!MakesSockets || AllowsRefused) && !KeepsCopies,
        _ => JudgesDestinations,
    };
}
