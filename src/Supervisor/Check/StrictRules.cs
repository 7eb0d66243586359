using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Check;

/// <summary>Strict mode: what it does, and what it cannot do without a right.</summary>
internal static class StrictRules
{
    /// <summary>The number of CAP_NET_RAW.</summary>
    public const int CapNetRaw = 13;

    private const string Area = "strict mode";

    /// <param name="options">What the user asked for.</param>
    /// <param name="mayUnbind">Whether the supervisor has CAP_NET_RAW.</param>
    public static IEnumerable<Finding> Judge(TrafficPolicyOptions options, bool mayUnbind)
    {
        if (!options.IsStrict || options.Interfaces is not [string first, ..])
        {
            yield break;
        }

        yield return Finding.Ok(Area, $"bti-supervise makes the IP sockets of the program, each bound to {first} from the start; servers hear on {first} alone");
        if (mayUnbind)
        {
            yield break;
        }

        bool excludes = !options.Exclude.IsEmpty || options.Routes.Routes.Any(route => route.Kind == VerdictKind.Exclude);
        if (excludes || options.Interfaces.Count > 1)
        {
            yield return Finding.Warning(
                Area,
                $"CAP_NET_RAW is not there, so that a socket cannot be taken from {first} again: connections "
                    + (excludes ? "to excluded destinations" : "by other interfaces") + " are refused; run as root, or without --strict");
        }
    }
}
