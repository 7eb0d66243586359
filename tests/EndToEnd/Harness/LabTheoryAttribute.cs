using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs the lab. Cases for which the kernel lacks something are skipped.</summary>
[XunitTestCaseDiscoverer("BindToInterface.EndToEnd.LabTheoryDiscoverer", "EndToEnd")]
public sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = Prerequisites.ReasonToSkip;
}
