namespace BindToInterface.EndToEnd;

/// <summary>What a case's arguments say that it needs of the kernel, so that it is skipped where that is missing.</summary>
public sealed class KernelNeedsTests
{
    public static TheoryData<object, string?> Cases => new()
    {
        { WaysDoor.Native, null },
        { WaysDoor.X32, null },
        { WaysDoor.Program32, nameof(KernelFeature.Programs32) },
        { WaysDoor.Program32Socketcall, nameof(KernelFeature.Programs32) },
        { WaysDoor.Int80, nameof(KernelFeature.Int80) },
        { WaysDoor.Int80Socketcall, nameof(KernelFeature.Int80) },
        { "connect-udp", null },
        { "connect-mptcp", nameof(KernelFeature.MultipathTcp) },
        { "sendto-udplite", nameof(KernelFeature.UdpLite) },
        { "uring-connect", nameof(KernelFeature.IoUring) },
        { "connect-sctp", nameof(KernelFeature.Sctp) },
        { "sctp-connectx", nameof(KernelFeature.Sctp) },
        { "pages-perf-ring", nameof(KernelFeature.PerfEvents) },
        { "request-key", nameof(KernelFeature.Keyrings) },
        { Who.Root, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_needs_what_its_arguments_name(object argument, string? feature) =>
        Assert.Equal(feature, KernelNeeds.Of(argument).Select(needed => needed.ToString()).SingleOrDefault());
}
