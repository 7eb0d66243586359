namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs root, and control groups of version 2, which need not be mounted.</summary>
public sealed class HeldGroupTheoryAttribute : TheoryAttribute
{
    public HeldGroupTheoryAttribute() =>
        Skip = !Environment.IsPrivilegedProcess ? "needs root"
            : !File.ReadAllText("/proc/filesystems").Contains("cgroup2", StringComparison.Ordinal) ? "the kernel has no control groups of version 2"
            : Prerequisites.ReasonToSkip;
}
