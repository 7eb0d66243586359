using System.Text;
using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>
/// A command at a pseudo-terminal of its own (tests/programs/proc_terminal.c), and somebody who types and reads.
/// What was read once is not read again: <see cref="Expect"/> goes on behind what it found last.
/// </summary>
internal sealed class Terminal : IDisposable
{
    public const string CtrlC = "\u0003";
    public const string CtrlD = "\u0004";
    public const string CtrlZ = "\u001a";
    public const string CtrlBackslash = "\u001c";

    private const int Grow = 10;
    private const int Disconnect = 12;

    private readonly Running running;
    private int read;

    public Terminal(Lab lab, Who who, params string[] command) =>
        running = lab.Start(who, [Programs.C("proc_terminal"), .. command]);

    /// <summary>All that the terminal was sent so far, the echo of what was typed included.</summary>
    public string Transcript => running.Output;

    /// <summary>The words of an interactive shell that prompts with "NAME> ".</summary>
    public static string[] Shell(string name) =>
        ["env", $"PS1={name}> ", "HISTFILE=/dev/null", "bash", "--norc", "--noprofile", "-i"];

    public void Type(string keys)
    {
        running.Input.Write(Encoding.ASCII.GetBytes(keys));
        running.Input.Flush();
    }

    public void Enter(string line) => Type(line + "\r");

    /// <summary>
    /// Has a shell run a command, and waits until the shell has left the terminal to it: what is typed earlier
    /// goes through the shell's line editor.
    /// </summary>
    public void Launch(string command)
    {
        Enter($"echo laun''ched; {command}");
        Expect("launched\r\n");
    }

    /// <summary>Has a shell continue its stopped job, whose command line contains these words.</summary>
    public void Foreground(string words)
    {
        Enter("fg");
        Expect(words);
    }

    /// <summary>Waits for a text, and answers what came before it.</summary>
    public string Expect(string text)
    {
        var at = -1;
        Wait.Until(
            () => (at = Transcript.IndexOf(text, read, StringComparison.Ordinal)) >= 0,
            () => $"'{text}' did not appear behind '{Transcript[..read]}' of {running}");
        var before = Transcript[read..at];
        read = at + text.Length;
        return before;
    }

    public int Count(string text) => Regex.Count(Transcript, Regex.Escape(text));

    /// <summary>The window grows from 24 rows of 200 columns to 40 rows of 160.</summary>
    public void Resize() => running.Signal(Grow);

    public void HangUp() => running.Signal(Disconnect);

    /// <summary>Waits for the command's end.</summary>
    public Result End() => running.WaitForEnd();

    public void Dispose() => running.Dispose();
}
