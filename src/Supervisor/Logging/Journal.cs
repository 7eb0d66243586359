using System.Globalization;
using Serilog.Events;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Standard error may be the journal. The journal reads the priority of each line from a prefix (sd-daemon(3)). JOURNAL_STREAM
/// says which file the journal is. A process may inherit the variable and still write elsewhere (systemd.exec(5)).
/// </summary>
internal static unsafe class Journal
{
    /// <summary>Whether a descriptor leads to the journal.</summary>
    public static bool IsAt(int descriptor)
    {
        statx file;
        byte nothing = 0;
        return Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 } stream
            && LibC.statx(descriptor, &nothing, LibC.AT_EMPTY_PATH, LibC.STATX_INO, &file) == 0
            && stream == string.Create(CultureInfo.InvariantCulture, $"{DeviceNumber(file.stx_dev_major, file.stx_dev_minor)}:{file.stx_ino}");
    }

    /// <summary>The prefix of a level.</summary>
    public static string Prefix(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "<7>",
        LogEventLevel.Information => "<6>",
        LogEventLevel.Warning => "<4>",
        _ => "<3>",
    };

    /// <summary>A dev_t as libc makes it of its two numbers (makedev(3)).</summary>
    internal static ulong DeviceNumber(uint major, uint minor) =>
        (major & 0xfffff000UL) << 32 | (major & 0xfffUL) << 8 | (minor & 0xffffff00UL) << 12 | minor & 0xffUL;
}
