using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>Plans a setsockopt(2): what <see cref="SocketOptionPolicy"/> says of the value, held against socket and interface.</summary>
public static class OptionPlan
{
    /// <summary>Plans one option.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="verdict">The verdict on the value.</param>
    /// <param name="interfaceName">The configured interface.</param>
    /// <param name="facts">The socket.</param>
    /// <returns>A verdict without any of the actions that check something.</returns>
    public static SocketOptionVerdict Make<T>(TrafficPolicy policy, in SocketOptionVerdict verdict, string interfaceName, ref T facts)
        where T : ISocketFacts, allows ref struct => verdict.Action switch
        {
            // An interface may have alternative names (ip-link(8), altname).
            SocketOptionAction.CheckDevice => verdict with
            {
                Action = facts.IndexOf(interfaceName) is uint index and not 0 && facts.IndexOf(verdict.Device) == index
                    ? SocketOptionAction.Bind
                    : SocketOptionAction.Refuse,
            },
            SocketOptionAction.CheckAddress => Check(
                verdict, policy.Routes.Default(verdict.Address.Family).Source == verdict.Address || facts.IsAddressOf(interfaceName, verdict.Address)),
            SocketOptionAction.CheckConnection => Check(verdict, facts.BoundIndex != 0 || !facts.IsConnected),
            // With number 0 the kernel would choose by its routes.
            SocketOptionAction.Membership or SocketOptionAction.SourceFilter => facts.IndexOf(interfaceName) is uint there and not 0
                ? verdict with { Index = there }
                : verdict with { Action = SocketOptionAction.Refuse, Error = Errno.ENODEV },
            _ => verdict,
        };

    private static SocketOptionVerdict Check(in SocketOptionVerdict verdict, bool isFine) =>
        verdict with { Action = isFine ? SocketOptionAction.Continue : SocketOptionAction.Refuse };
}
