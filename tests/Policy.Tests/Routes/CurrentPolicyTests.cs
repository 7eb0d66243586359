using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Tests.Routes;

public sealed class CurrentPolicyTests
{
    [Fact]
    public void A_policy_that_was_taken_stays_and_the_next_call_takes_the_new_one()
    {
        var current = new CurrentPolicy(Policies.Of("ovpn"));
        TrafficPolicy taken = current.Take();

        current.Replace(Policies.Of("corp0"));

        Endpoint endpoint = Bytes.Endpoint("192.0.2.1", 80);
        Assert.Equal("ovpn", taken.JudgeEndpoint(endpoint).Interface);
        Assert.Equal("corp0", current.Take().JudgeEndpoint(endpoint).Interface);
    }
}
