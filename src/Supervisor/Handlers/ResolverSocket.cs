using System.Globalization;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Whether a resolver daemon's socket is there.</summary>
internal static class ResolverSocket
{
    /// <summary>
    /// Whether it may be there, as a program sees it. Looked at only where the program sees the same files as the
    /// supervisor: in a root of its own, a file system of the program's could make the supervisor wait.
    /// </summary>
    /// <param name="tid">The program's thread.</param>
    /// <param name="socket">The socket's path below /run.</param>
    public static bool MayExist(int tid, string socket)
    {
        string process = tid.ToString(CultureInfo.InvariantCulture);
        try
        {
            return !IsSame(process, "ns/mnt") || !IsSame(process, "root") || File.Exists(socket) || File.Exists($"/var{socket}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool IsSame(string process, string link) =>
        new FileInfo($"/proc/{process}/{link}").LinkTarget is string target && target == new FileInfo($"/proc/self/{link}").LinkTarget;
}
