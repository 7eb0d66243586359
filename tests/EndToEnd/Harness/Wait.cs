using System.Diagnostics;

namespace BindToInterface.EndToEnd;

/// <summary>Waits for a condition, never for time to pass.</summary>
internal static class Wait
{
    public static void Until(Func<bool> condition, Func<string> complaint, TimeSpan? patience = null)
    {
        var bound = patience ?? TimeSpan.FromSeconds(10);
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > bound)
            {
                throw new TimeoutException(complaint());
            }

            Thread.Sleep(2);
        }
    }
}
