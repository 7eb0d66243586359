using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>Plans a setsockopt(2): what <see cref="SocketOptionPolicy"/> says of the value, held against socket and interfaces.</summary>
public static class OptionPlan
{
    /// <summary>Plans one option.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="verdict">The verdict on the value.</param>
    /// <param name="facts">The socket.</param>
    /// <returns>A verdict without any of the actions that check something.</returns>
    public static SocketOptionVerdict Make<T>(TrafficPolicy policy, in SocketOptionVerdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct => verdict.Action switch
        {
            SocketOptionAction.CheckDevice => NamesOther(policy, verdict.Device, ref facts) is string device
                ? verdict with { Action = SocketOptionAction.Bind, Interface = device }
                : verdict with { Action = SocketOptionAction.Refuse },
            SocketOptionAction.CheckAddress => Check(verdict, IsAddressOfOne(policy, verdict, ref facts)),
            SocketOptionAction.CheckConnection => Check(
                verdict, (facts.BoundIndex != 0 && !policy.Routes.HasSeveralWays) || !facts.IsConnected),
            SocketOptionAction.BindThenContinue => policy.Routes is { HasSeveralWays: false, Interfaces: [string only, ..] }
                ? verdict with { Interface = only }
                : verdict with { Action = SocketOptionAction.Refuse },
            // With number 0 the kernel would choose by its routes.
            SocketOptionAction.Membership or SocketOptionAction.SourceFilter => facts.IndexOf(verdict.Interface!) is uint there and not 0
                ? verdict with { Index = there }
                : verdict with { Action = SocketOptionAction.Refuse, Error = Errno.ENODEV },
            _ => verdict,
        };

    /// <summary>The interface of the policy that a name means; an interface may have alternative names (ip-link(8), altname).</summary>
    private static string? NamesOther<T>(TrafficPolicy policy, string device, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        uint index = policy.Routes.Interfaces.Count == 0 ? 0 : facts.IndexOf(device);
        foreach (string name in policy.Routes.Interfaces)
        {
            if (index != 0 && facts.IndexOf(name) == index)
            {
                return name;
            }
        }

        return null;
    }

    private static bool IsAddressOfOne<T>(TrafficPolicy policy, in SocketOptionVerdict verdict, ref T facts)
        where T : ISocketFacts, allows ref struct
    {
        IpAddress address = verdict.Address;
        ref readonly TrafficRoute all = ref policy.Routes.Default(address.Family);
        if (all.Source == address && (verdict.Interface is null || verdict.Interface == all.Interface))
        {
            return true;
        }

        foreach (string name in policy.Routes.Interfaces)
        {
            if ((verdict.Interface is null || verdict.Interface == name) && facts.IsAddressOf(name, address))
            {
                return true;
            }
        }

        if (verdict.MayBeLan)
        {
            foreach (LanInterface lan in policy.Host.LanInterfaces)
            {
                if (facts.IsAddressOf(lan.Name, address))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static SocketOptionVerdict Check(in SocketOptionVerdict verdict, bool isFine) =>
        verdict with { Action = isFine ? SocketOptionAction.Continue : SocketOptionAction.Refuse };
}
