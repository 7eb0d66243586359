using BindToInterface.Supervisor.Configuration;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Filter;

/// <summary>What the filter has to trap, from what the user asked for.</summary>
/// <param name="JudgesDestinations">Whether calls that name a destination are judged at all.</param>
/// <param name="BindsToInterface">Whether an interface is set: the doors that have no destination to judge are shut.</param>
/// <param name="RestoresDnsSource">Whether a DNS reply's source may have to be restored.</param>
internal readonly record struct FilterOptions(bool JudgesDestinations, bool BindsToInterface, bool RestoresDnsSource)
{
    /// <summary>What the settings need. Without anything to do, calls are trapped only to be logged.</summary>
    public static FilterOptions For(Settings settings) => new(
        JudgesDestinations: settings.Traffic.Interface is not null || !settings.Traffic.Dns.IsEmpty
            || !settings.Traffic.Source.IsEmpty || settings.LogLevel <= LogLevel.Information,
        BindsToInterface: settings.Traffic.Interface is not null,
        RestoresDnsSource: !settings.Traffic.Dns.IsEmpty);
}
