using System.Collections;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

public sealed class MissingInterfaceTests
{
    [Theory]
    [InlineData("curl http://x --interface ovpn", "; '--interface' stands after PROGRAM: put it before PROGRAM")]
    [InlineData("curl --interface=ovpn http://x", "; '--interface' stands after PROGRAM: put it before PROGRAM")]
    [InlineData("curl -i ovpn", "; '-i' stands after PROGRAM: put it before PROGRAM")]
    [InlineData("curl -i http://x", "")]
    [InlineData("grep -i", "")]
    [InlineData("env BIND_INTERFACE=ovpn curl", "; 'BIND_INTERFACE' stands after PROGRAM: put it before bti-supervise")]
    [InlineData("BIND_INTERFACE=ovpn curl", "; 'BIND_INTERFACE' stands after PROGRAM: put it before bti-supervise")]
    [InlineData("printenv BIND_INTERFACE", "")]
    public void An_option_after_the_program_is_named(string program, string hint) =>
        Assert.Equal(hint, MissingInterface.Hint(Given.Words(program), new Hashtable(), ["lan0", "ovpn"]));

    [Theory]
    [InlineData("BIND_INTERFCE")]
    [InlineData("BIND_INTERFACES")]
    [InlineData("bind_interface")]
    [InlineData("BTI_INTERFACE")]
    [InlineData("BIND_IFACE")]
    public void A_variable_that_looks_like_the_one_is_named(string variable) => Assert.Equal(
        $"; the variable {variable} is not read: did you mean BIND_INTERFACE?",
        MissingInterface.Hint(["curl"], new Hashtable { ["BIND_ADDRESS"] = "x", ["PATH"] = "/bin", [variable] = "ovpn" }, []));

    [Theory]
    [InlineData("BIND_INTERFACE", "; BIND_INTERFACE is empty")]
    [InlineData("SUDO_COMMAND", "; sudo does not pass the environment on: use --interface")]
    [InlineData("BTI_SUPERVISE", "")]
    [InlineData("BIND_ADDRESS", "")]
    public void Other_variables(string variable, string hint) =>
        Assert.Equal(hint, MissingInterface.Hint(["curl"], new Hashtable { [variable] = "" }, []));
}
