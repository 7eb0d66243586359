using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Check;

namespace BindToInterface.Supervisor.Tests.Check;

/// <summary>What is told of strict mode.</summary>
public sealed class StrictRulesTests
{
    private static readonly TrafficPolicyOptions Strict = new() { Interface = "ovpn", IsStrict = true };

    private static FindingState[] States(TrafficPolicyOptions options, bool mayUnbind) =>
        [.. StrictRules.Judge(options, mayUnbind).Select(finding => finding.State)];

    private static RouteList Routes(string text) => RouteList.TryParse(text, out RouteList routes, out string error) ? routes : throw new ArgumentException(error);

    private static ExcludeList Excludes(string text) => ExcludeList.TryParse(text, out ExcludeList list, out string error) ? list : throw new ArgumentException(error);

    [Fact]
    public void Without_it_nothing_is_told() => Assert.Empty(States(Strict with { IsStrict = false }, mayUnbind: false));

    [Fact]
    public void One_interface_needs_no_right() => Assert.Equal([FindingState.Ok], States(Strict, mayUnbind: false));

    [Theory]
    [InlineData("192.0.2.0/24", "")]
    [InlineData("", "192.0.2.0/24=direct")]
    [InlineData("", "192.0.2.0/24=corp0")]
    public void Destinations_that_have_another_way_need_one(string exclude, string route)
    {
        TrafficPolicyOptions options = Strict with
        {
            Exclude = exclude.Length == 0 ? ExcludeList.Empty : Excludes(exclude), Routes = route.Length == 0 ? RouteList.Empty : Routes(route),
        };

        Assert.Equal([FindingState.Ok, FindingState.Warning], States(options, mayUnbind: false));
        Assert.Equal([FindingState.Ok], States(options, mayUnbind: true));
        Assert.Contains("CAP_NET_RAW", StrictRules.Judge(options, mayUnbind: false).Last().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_is_refused_needs_none() =>
        Assert.Equal([FindingState.Ok], States(Strict with { Routes = Routes("192.0.2.0/24=deny") }, mayUnbind: false));
}
