using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Proc;

/// <summary>
/// Reads files although this process has no descriptor left: on a thread with a table of descriptors of its own, which is empty
/// (close_range(2) with CLOSE_RANGE_UNSHARE, Linux 5.9). The limit of descriptors is one of numbers in a table (RLIMIT_NOFILE in
/// getrlimit(2)). Whom to wait for, and whom to pass a signal on to, has to be known in a shortage, too. For the native executable only: a
/// runtime that compiles as it runs may need a descriptor of its own for that.
/// </summary>
internal static class OwnDescriptors
{
    private const int StackSize = 512 * 1024;

    /// <summary>Reads, and in a shortage once more, with other descriptors.</summary>
    /// <param name="read">
    /// Opens what it reads by path, and closes it. It must use no descriptor from before, write to no standard stream, and return none.
    /// </param>
    /// <exception cref="IOException">Nothing could be read; or the system has no file left (ENFILE).</exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (DescriptorShortage.IsCauseOf(exception))
        {
            return OnThread(read, exception);
        }
    }

    private static T OnThread<T>(Func<T> read, Exception shortage)
    {
        T? result = default;
        Exception? failure = null;
        void Run()
        {
            try
            {
                result = Native.close_range(0, uint.MaxValue, Native.CLOSE_RANGE_UNSHARE) == 0 ? read() : throw shortage;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failure = exception;
            }
        }

        try
        {
            var thread = new Thread(Run, StackSize) { IsBackground = true, Name = "own descriptors" };
            thread.Start();
            thread.Join();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            failure = shortage;
        }

        return failure is null ? result! : throw new IOException(failure.Message, failure);
    }
}
