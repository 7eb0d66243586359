using BindToInterface.Supervisor.Logging;
using Serilog.Events;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class JournalTests
{
    [Theory]
    [InlineData(LogEventLevel.Debug, "<7>")]
    [InlineData(LogEventLevel.Information, "<6>")]
    [InlineData(LogEventLevel.Warning, "<4>")]
    [InlineData(LogEventLevel.Error, "<3>")]
    [InlineData(LogEventLevel.Fatal, "<3>")]
    public void Each_level_has_the_priority_of_sd_daemon(LogEventLevel level, string prefix) => Assert.Equal(prefix, Journal.Prefix(level));

    /// <summary>As makedev(3) of glibc makes them; the second has digits that do not fit the old form.</summary>
    [Theory]
    [InlineData(0, 8, 0x8UL)]
    [InlineData(8, 1, 0x801UL)]
    [InlineData(0x12345, 0x67890, 0x1200067834590UL)]
    public void A_device_number_is_put_together_as_libc_does(uint major, uint minor, ulong expected) =>
        Assert.Equal(expected, Journal.DeviceNumber(major, minor));
}
