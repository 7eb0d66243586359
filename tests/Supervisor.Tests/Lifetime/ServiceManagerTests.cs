using System.Net.Sockets;
using System.Text;
using BindToInterface.EndToEnd;
using BindToInterface.Supervisor.Lifetime;
using Microsoft.Extensions.Logging.Abstractions;

namespace BindToInterface.Supervisor.Tests.Lifetime;

/// <summary>What a service manager hears, by the socket that it has told in the environment. No other test looks at these variables.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public ServiceManagerTests()
    {
        manager.Bind(new UnixDomainSocketEndPoint(scratch.File("notify")));
        manager.ReceiveTimeout = 10_000;
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", scratch.File("notify"));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Environment.SetEnvironmentVariable("BTI_NOTIFY_READY", null);
        manager.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public void It_hears_that_the_service_is_up_and_how_it_is()
    {
        ServiceManager told = For("1")!;

        told.Ready("bound to ovpn");
        Assert.Equal("READY=1\nSTATUS=bound to ovpn", Heard());
        told.Status("ovpn is absent");
        Assert.Equal("STATUS=ovpn is absent", Heard());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public void Unless_the_unit_says_so_the_messages_are_the_program_s(string? value) => Assert.Null(For(value));

    [Fact]
    public void Without_a_manager_there_is_nobody_to_tell()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);

        Assert.Null(For("1"));
    }

    [Fact]
    public void Another_value_is_an_error_that_names_the_variable() =>
        Assert.StartsWith("BTI_NOTIFY_READY: 'yes' ", Assert.Throws<StartException>(() => For("yes")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_manager_that_is_gone_costs_nothing_but_a_line()
    {
        ServiceManager told = For("1")!;
        manager.Close();

        told.Ready("bound to ovpn");
    }

    private static ServiceManager? For(string? value)
    {
        Environment.SetEnvironmentVariable("BTI_NOTIFY_READY", value);
        return ServiceManager.FromEnvironment(NullLogger.Instance);
    }

    private string Heard()
    {
        byte[] buffer = new byte[1000];
        return Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
    }
}
