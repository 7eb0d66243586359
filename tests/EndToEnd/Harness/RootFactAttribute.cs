namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs the lab, the machine's own root, which a user namespace cannot stand in for, and these of the kernel.</summary>
public class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params KernelFeature[] needs) =>
        Skip = !Environment.IsPrivilegedProcess ? Prerequisites.NeedsRoot : Prerequisites.ReasonToSkip ?? Kernel.ReasonToSkip(needs);
}
