using BindToInterface.Policy;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Launch;

/// <summary>The program could not be executed: exit status 127 where it was not found, else 126.</summary>
internal sealed class ProgramNotStartedException(string program, Errno error)
    : Exception((error == Errno.ENOENT ? $"{program}: not found" : $"{program}: cannot be executed: {error}").OneLine())
{
    public int ExitStatus { get; } = error == Errno.ENOENT ? 127 : 126;
}
