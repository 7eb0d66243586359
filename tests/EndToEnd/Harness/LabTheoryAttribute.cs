using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>
/// A theory that needs the lab, and these of the kernel. Cases whose arguments need more (<see cref="KernelNeeds"/>) are
/// skipped one by one.
/// </summary>
[XunitTestCaseDiscoverer("BindToInterface.EndToEnd.LabTheoryDiscoverer", "EndToEnd")]
public class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute(params KernelFeature[] needs) => Skip = Prerequisites.ReasonToSkip ?? Kernel.ReasonToSkip(needs);
}
