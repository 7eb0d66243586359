using System.Globalization;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>Threads of the tests themselves.</summary>
internal static class ThisThread
{
    /// <summary>The thread's id, which is the process's own for its first thread only.</summary>
    public static int Id => int.Parse(new FileInfo("/proc/thread-self").LinkTarget!.Split('/')[^1], CultureInfo.InvariantCulture);

    /// <summary>Runs something on a thread of its own, which is not the first.</summary>
    public static void IsAnother(Action<int> action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action(Id);
            }
#pragma warning disable CA1031 // Thrown again by the thread that waits.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
