namespace BindToInterface.EndToEnd;

/// <summary>What the arguments of a test say that it needs of the kernel.</summary>
internal static class KernelNeeds
{
    public static IEnumerable<KernelFeature> Of(object? argument) => argument switch
    {
        WaysDoor.Int80 or WaysDoor.Int80Socketcall => [KernelFeature.Int80],
        WaysDoor.Program32 or WaysDoor.Program32Socketcall => [KernelFeature.Programs32],
        string way => OfWay(way),
        _ => [],
    };

    private static KernelFeature[] OfWay(string way) =>
        way.EndsWith("-mptcp", StringComparison.Ordinal) ? [KernelFeature.MultipathTcp]
        : way.EndsWith("-udplite", StringComparison.Ordinal) ? [KernelFeature.UdpLite]
        : way.EndsWith("-sctp", StringComparison.Ordinal) || way.StartsWith("sctp-", StringComparison.Ordinal) ? [KernelFeature.Sctp]
        : way.StartsWith("uring-", StringComparison.Ordinal) ? [KernelFeature.IoUring]
        : way == "pages-perf-ring" ? [KernelFeature.PerfEvents]
        : way == "request-key" ? [KernelFeature.Keyrings]
        : [];
}
