using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Check;

/// <summary>What the kernel has, and what this process may do.</summary>
internal sealed record HostFacts
{
    /// <summary>The kernel's version (uname(2)).</summary>
    public required string Release { get; init; }

    /// <summary>What is used where it is there.</summary>
    public required IReadOnlyList<KernelFeature> Features { get; init; }

    /// <summary>The calls that are needed, and the error of each.</summary>
    public required IReadOnlyList<(string Name, Errno Error)> Calls { get; init; }

    /// <summary>Why no filter with a listener can be installed; null where it can.</summary>
    public string? ListenerFault { get; init; }

    /// <summary>kernel.yama.ptrace_scope; null in a kernel without Yama.</summary>
    public string? YamaScope { get; init; }

    /// <summary>The effective capabilities, a bit for each (capabilities(7)).</summary>
    public ulong Capabilities { get; init; }

    /// <summary>Whether this is a container of an engine that leaves a mark.</summary>
    public bool IsContainer { get; init; }

    /// <summary>Whether this process has a capability.</summary>
    public bool Has(int capability) => (Capabilities >> capability & 1) != 0;
}
