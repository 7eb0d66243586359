using BindToInterface.EndToEnd;

namespace BindToInterface.Supervisor.Tests;

/// <summary>A fact that needs these of the kernel, which is tried as for the end-to-end tests.</summary>
public sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute(params KernelFeature[] needs) => Skip = Kernel.ReasonToSkip(needs);
}
