namespace BindToInterface.Systems;

/// <summary>What must be there, beside the lab's needs, before a machine boots or an engine runs.</summary>
internal static class SystemsPrerequisites
{
    private static readonly string[] Tools = ["debootstrap", "systemd-nspawn", "podman", "runc", "dockerd", "docker-compose"];

    /// <summary>As that of a lab: what the kernel lacks is a reason at any time, what a package could provide is not where BTI_TESTS_MUST_RUN is set.</summary>
    public static string? ReasonToSkip { get; } =
        Prerequisites.ReasonToSkip
        ?? Kernel.ReasonToSkip(KernelFeature.ControlGroups, KernelFeature.OverlayFiles)
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
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root: sudo make test-systems";
        }

        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':');
        var missing = Tools.Where(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool)))).ToList();
        return missing is [] ? null : $"missing: {string.Join(' ', missing)} (tests/Systems/packages.txt)";
    }
}
