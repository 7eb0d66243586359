namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs the lab, and these of the kernel.</summary>
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute(params KernelFeature[] needs) => Skip = Prerequisites.ReasonToSkip ?? Kernel.ReasonToSkip(needs);
}
