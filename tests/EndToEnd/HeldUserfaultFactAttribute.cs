namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs what <see cref="HeldFactAttribute"/> does, and userfaultfd(2).</summary>
public sealed class HeldUserfaultFactAttribute : FactAttribute
{
    public HeldUserfaultFactAttribute() => Skip = HeldPrerequisites.ReasonToSkip
        ?? (File.Exists("/proc/sys/vm/unprivileged_userfaultfd") ? null : "the kernel has no userfaultfd (CONFIG_USERFAULTFD)");
}
