using Xunit.Abstractions;
using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>Skips the single cases of a theory for which the kernel lacks something.</summary>
public sealed class LabTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        Kernel.ReasonToSkip(dataRow.SelectMany(KernelNeeds.Of)) is { } reason
            ? CreateTestCasesForSkippedDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow, reason)
            : base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow);
}
