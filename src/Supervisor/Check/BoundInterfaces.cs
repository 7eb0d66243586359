using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Check;

/// <summary>The interfaces that traffic is bound to: all that are looked at and watched.</summary>
internal static class BoundInterfaces
{
    /// <summary>Those that the options name, each once.</summary>
    public static IReadOnlyList<string> Of(TrafficPolicyOptions options) => options.Interface is string name ? [name] : [];
}
