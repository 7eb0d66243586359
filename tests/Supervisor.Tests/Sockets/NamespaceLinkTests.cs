using System.Globalization;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>How a network namespace is told on a kernel without SO_NETNS_COOKIE, which this machine's has.</summary>
public sealed class NamespaceLinkTests
{
    [Fact]
    public void A_namespace_has_one_name_whoever_is_looked_at()
    {
        string? ours = InterfaceBinder.NamespaceLink("self");

        Assert.StartsWith("net:[", ours, StringComparison.Ordinal);
        Assert.Equal(ours, InterfaceBinder.NamespaceLink(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_process_that_is_not_there_has_none() => Assert.Null(InterfaceBinder.NamespaceLink("0"));
}
