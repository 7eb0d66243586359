using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace BindToInterface.LabServer;

/// <summary>Runs code in another network namespace. A socket stays in the namespace in which it was made.</summary>
internal static partial class NetworkNamespace
{
    private const int CLONE_NEWNET = 0x40000000;

    public static void Run(string path, Action action)
    {
        ExceptionDispatchInfo? failure = null;

        // The namespace belongs to the thread, which therefore ends with the action.
        var thread = new Thread(() =>
        {
            try
            {
                Enter(path);
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static void Enter(string path)
    {
        using var file = File.OpenHandle(path);
        if (setns((int)file.DangerousGetHandle(), CLONE_NEWNET) != 0)
        {
            throw new InvalidOperationException($"setns {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int nstype);
}
