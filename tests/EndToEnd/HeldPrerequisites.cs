namespace BindToInterface.EndToEnd;

/// <summary>What the kernel must offer for a file whose pages come when the test wants them to.</summary>
internal static class HeldPrerequisites
{
    public static string? ReasonToSkip { get; } =
        !Environment.IsPrivilegedProcess ? "needs root"
        : !CanBeOpened("/dev/fuse") ? "/dev/fuse is not there: the kernel has no FUSE, or its module is not loaded"
        : !File.Exists("/proc/sys/kernel/ns_last_pid") ? "the kernel has no ns_last_pid (CONFIG_CHECKPOINT_RESTORE)"
        : Prerequisites.ReasonToSkip;

    private static bool CanBeOpened(string device)
    {
        try
        {
            using var handle = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
