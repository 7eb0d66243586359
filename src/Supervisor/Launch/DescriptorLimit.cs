using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Launch;

/// <summary>The supervisor's own limit of descriptors. It was started with the program's, which may be a low one.</summary>
internal static unsafe class DescriptorLimit
{
    /// <summary>How many descriptors this process may have at the moment.</summary>
    public static int Current
    {
        get
        {
            Rlimit limit;
            return Native.getrlimit(Native.RLIMIT_NOFILE, &limit) == 0 ? (int)Math.Min(limit.Cur, int.MaxValue) : int.MaxValue;
        }
    }

    /// <summary>Raises the soft limit to the hard one, once the program has inherited it as it was.</summary>
    public static void Raise()
    {
        Rlimit limit;
        if (Native.getrlimit(Native.RLIMIT_NOFILE, &limit) == 0 && limit.Cur < limit.Max)
        {
            limit.Cur = limit.Max;
            _ = Native.setrlimit(Native.RLIMIT_NOFILE, &limit);
        }
    }
}
