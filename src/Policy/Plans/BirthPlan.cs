using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>
/// Plans a socket(2) that the filter stops: the arguments are plain numbers, and the filter has looked at them. What the supervisor
/// makes is the program's in all but the maker: its user, groups and capabilities count.
/// </summary>
public static class BirthPlan
{
    /// <summary>Plans one socket.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="request">What the program asked for.</param>
    /// <param name="isOfOurNamespace">Whether the calling thread is in the supervisor's network namespace.</param>
    public static Birth Make(TrafficPolicy policy, in SocketRequest request, bool isOfOurNamespace)
    {
        if (!isOfOurNamespace)
        {
            // The interface is not there. The kernel makes the socket in the caller's namespace, and whether it may go anywhere is
            // decided when it does. Multipath TCP opens further connections, which nobody would be asked about.
            return request.IsMultipath
                ? new(BirthWay.Refused, request) { Error = Errno.EPROTONOSUPPORT }
                : new(BirthWay.AsIs, request);
        }

        // TCP is what multipath TCP itself falls back to.
        SocketRequest made = request.IsMultipath ? request with { Protocol = Linux.IPPROTO_TCP } : request;
        return new(BirthWay.Made, made, policy.Options.IsStrict && request.IsIp ? InterfaceOf(policy) : null);
    }

    /// <summary>What a socket is bound to whose destination is not known: the default interface; where there is none, the first that a route names.</summary>
    public static string? InterfaceOf(TrafficPolicy policy) =>
        policy.Options.Interface ?? (policy.Routes.Interfaces is [string first, ..] ? first : null);
}
