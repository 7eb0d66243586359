using System.Diagnostics;

namespace BindToInterface.EndToEnd;

/// <summary>Waits for a condition, never for time to pass.</summary>
internal static class Wait
{
    /// <summary>Only what hangs takes this long, on the slowest machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static void Until(Func<bool> condition, Func<string> complaint)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException(complaint());
            }

            Thread.Sleep(2);
        }
    }
}
