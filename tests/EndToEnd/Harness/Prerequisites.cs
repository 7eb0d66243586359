namespace BindToInterface.EndToEnd;

/// <summary>What must be there before a test of this project can run.</summary>
internal static class Prerequisites
{
    public const string NeedsRoot = "needs root";

    private static readonly string[] Tools =
        ["unshare", "nsenter", "setpriv", "ip", "nft", "curl", "dig", "getent", "gcc", "musl-gcc", "go", "script"];

    /// <summary>
    /// Null where everything is there. BTI_TESTS_MUST_RUN makes it a failure that something is missing which a package
    /// could provide, but not that the kernel lacks something.
    /// </summary>
    public static string? ReasonToSkip { get; } =
        Kernel.ReasonToSkip(KernelFeature.NetworkNamespaces, KernelFeature.Nftables, KernelFeature.Ipv6)
        ?? (Environment.GetEnvironmentVariable("BTI_TESTS_MUST_RUN") is "1" ? null : Missing());

    public static void Demand()
    {
        if (Missing() is { } missing)
        {
            throw new InvalidOperationException(missing);
        }
    }

    private static string? Missing()
    {
        var missing = Tools.Where(tool => !KernelProbe.IsInstalled(tool)).Append(null).ToList();
        if (!File.Exists(Repository.Supervisor))
        {
            missing.Insert(0, Repository.Supervisor);
        }

        return missing is [null] ? null : $"missing: {string.Join(" ", missing).Trim()}";
    }
}
