using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Launch;

/// <summary>The program could not be executed: exit status 127 where it was not found, else 126.</summary>
internal sealed class ProgramNotStartedException(string program, Errno error)
    : Exception((error == Errno.ENOENT ? $"{program}: not found{Hint(program)}" : $"{program}: cannot be executed: {error}").OneLine())
{
    public int ExitStatus { get; } = error == Errno.ENOENT ? 127 : 126;

    /// <summary>A whole command in one word is a shell's matter.</summary>
    private static string Hint(string program) =>
        program.Contains(' ', StringComparison.Ordinal) ? $"; a command line in one word needs a shell: sh -c '{program}'" : "";
}
