using System.Text;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The program and its arguments, as the bytes that the supervisor was started with: text would lose what is not UTF-8.
/// </summary>
internal sealed class ProgramCommand
{
    private readonly byte[][] words;

    private ProgramCommand(byte[][] words) => this.words = words;

    /// <summary>The program and its arguments, each zero-terminated.</summary>
    public IReadOnlyList<byte[]> Words => words;

    /// <summary>The program's name, for messages.</summary>
    public string Name => Encoding.UTF8.GetString(words[0].AsSpan(0, words[0].Length - 1));

    /// <summary>A command of these words.</summary>
    public static ProgramCommand Of(params string[] words) => new([.. words.Select(word => Encoding.UTF8.GetBytes($"{word}\0"))]);

    /// <summary>The last words of the supervisor's command line.</summary>
    /// <param name="count">How many of them are the program's.</param>
    /// <exception cref="StartException">/proc is not there.</exception>
    public static ProgramCommand FromOwnCommandLine(int count)
    {
        byte[] commandLine = ReadOwnCommandLine();
        var words = new byte[count][];
        int end = commandLine.Length;
        for (int i = count - 1; i >= 0; i--)
        {
            int start = commandLine.AsSpan(0, end - 1).LastIndexOf((byte)0) + 1;
            words[i] = commandLine[start..end];
            end = start;
        }

        return new ProgramCommand(words);
    }

    private static byte[] ReadOwnCommandLine()
    {
        const string OwnCommandLine = "/proc/self/cmdline";
        return SmallFile.Read(OwnCommandLine)
            ?? throw new StartException($"{OwnCommandLine} cannot be read: /proc is needed, mount it in this root (mount -t proc proc /proc)");
    }
}
