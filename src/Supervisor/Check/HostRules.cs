using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Target;

namespace BindToInterface.Supervisor.Check;

/// <summary>The kernel and its features, Yama, capabilities, another listener, the profile of a container.</summary>
internal static class HostRules
{
    private const string Kernel = "kernel";
    private const string Rights = "rights";
    private const int CapNetRaw = 13;
    private const int CapSysAdmin = 21;

    /// <param name="facts">What the kernel has, and what this process may do.</param>
    /// <param name="options">What the user asked for.</param>
    public static IEnumerable<Finding> Judge(HostFacts facts, TrafficPolicyOptions options)
    {
        yield return facts.ListenerFault is string fault
            ? Finding.Problem(Kernel, fault)
            : Finding.Ok(Kernel, $"Linux {facts.Release} has seccomp listeners");
        foreach (KernelFeature feature in facts.Features)
        {
            yield return feature.IsThere
                ? Finding.Ok(Kernel, feature.Name)
                : Finding.Warning(Kernel, $"{feature.Name} is missing, which Linux {feature.Since} has brought: {feature.Without}");
        }

        foreach ((string call, Errno error) in facts.Calls)
        {
            yield return Prerequisites.Fault(call, error) is string lack ? Finding.Problem(Rights, lack)
                : Finding.Ok(Rights, error == Errno.None ? $"{call} is allowed" : $"{call} is refused ({error}), and done without");
        }

        yield return Finding.Ok(Rights, facts.Calls.Any(call => TargetAccess.IsRefusal(call.Error) && call.Name.StartsWith("pidfd", StringComparison.Ordinal))
            ? "sockets are reached by copies that are kept from their birth (docs/containers.md); workers of another user need CAP_SYS_PTRACE (docker run --cap-add SYS_PTRACE)"
            : "sockets are reached by pidfd_getfd");
        yield return Prerequisites.YamaFault(facts.YamaScope, () => facts.Has(Prerequisites.CapSysPtrace)) is string yama
            ? Finding.Problem(Rights, yama) with { Command = facts.YamaScope == "2" ? "sysctl -w kernel.yama.ptrace_scope=1" : null }
            : Finding.Ok(Rights, facts.YamaScope is null ? "Yama is not active" : $"kernel.yama.ptrace_scope is {facts.YamaScope}");

        yield return options.Exclude.IsEmpty || facts.Has(CapNetRaw)
            ? Finding.Ok(Rights, facts.Has(CapNetRaw) ? "CAP_NET_RAW is there" : "CAP_NET_RAW is not there, and not needed")
            : Finding.Warning(Rights, "CAP_NET_RAW is not there: a stream socket that was bound and then turns to an excluded destination is refused");
        yield return Finding.Ok(Rights, facts.Has(CapSysAdmin)
            ? "CAP_SYS_ADMIN is there: sudo and ping get their rights also below bti-supervise"
            : "CAP_SYS_ADMIN is not there: sudo and ping get no extra rights below bti-supervise");
    }
}
