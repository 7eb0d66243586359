using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Among threads that wait for a processor, Linux takes one that wants a short turn before those that want a long one, and
/// its share of the time stays the same (EEVDF; sched(7), Linux 6.12). No privilege is needed for that.
/// </summary>
internal static unsafe class TimeSlice
{
    /// <summary>The shortest that there is, in nanoseconds. To receive, handle and answer a call takes a tenth of it.</summary>
    private const ulong Shortest = 100_000;

    /// <summary>Has this thread take short turns. Older kernels take no notice; a supervisor with another scheduling policy keeps it.</summary>
    public static void Shorten() => Set(Shortest);

    /// <summary>Has this thread take the usual turns, where it was started by one that takes short ones.</summary>
    public static void Reset() => Set(0);

    private static void Set(ulong runtime)
    {
        SchedAttr attributes = default;
        if (Native.sched_getattr(0, &attributes, (uint)sizeof(SchedAttr), 0) == 0 && attributes.Policy == LibC.SCHED_OTHER)
        {
            attributes.Runtime = runtime;
            _ = Native.sched_setattr(0, &attributes, 0);
        }
    }
}
