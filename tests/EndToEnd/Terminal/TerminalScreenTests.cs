using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>The screen and the modes of the terminal are the program's.</summary>
[Collection(TerminalCollection.Name)]
public sealed partial class TerminalScreenTests(Lab lab) : LabTest(lab)
{
    private const string OurLine = "bti-supervise: ";
    private const string EnterScreen = "\u001b[?1049h";
    private const string LeaveScreen = "\u001b[?1049l";

    [LabTheory]
    [Everyone("vim.tiny -u NONE -i NONE", ":q!\r")]
    [Everyone("less", "q")]
    public void Nothing_of_ours_is_written_into_a_full_screen_program(Who who, string program, string quit)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("text"), "the text on the screen\n");
        using var terminal = new Terminal(Lab, who, Lab.Supervise("-v -i ovpn", "sh", "-c", $"{ConnectWhenTold(who, scratch)} {program} {scratch.File("text")}"));
        terminal.Expect(EnterScreen);
        terminal.Expect("the text on the screen");

        // The program draws once before, and once after the line of ours that is due.
        Connect(scratch);
        terminal.Type("/nowhere\r");
        terminal.Expect("ot found");
        terminal.Type(quit);
        if (program == "less")
        {
            terminal.Type(quit);
        }

        var screen = terminal.Expect(LeaveScreen);
        var end = terminal.End().Succeeds();

        Assert.DoesNotContain(OurLine, screen, StringComparison.Ordinal);
        var after = end.Output[(end.Output.IndexOf(LeaveScreen, StringComparison.Ordinal) + LeaveScreen.Length)..];
        Assert.Equal(1, terminal.Count($"{Internet.Web4}:7"));
        Assert.Contains($"{Internet.Web4}:7", after, StringComparison.Ordinal);
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void The_screen_of_a_real_terminal_stays_as_it_is(Who who)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("text"), "the text on the screen\n");
        string[] tmux = ["tmux", "-f", "/dev/null", "-S", scratch.File("tmux")];
        var command = string.Join(' ', Lab.Supervise("-v -i ovpn", "sh", "-c", $"'{ConnectWhenTold(who, scratch)} exec vim.tiny -u NONE -i NONE {scratch.File("text")}'"));
        Lab.Run(who, [.. tmux, "new-session", "-d", "-x", "80", "-y", "24", command]).Succeeds();
        try
        {
            // The editor draws in several steps, and the line below may come before the text.
            var before = "";
            Wait.Until(() => (before = Screen()).StartsWith("the text on the screen\n", StringComparison.Ordinal) && before.Contains("1 line", StringComparison.Ordinal) && before.Split('\n').Count(line => line == "~") == 22, () => $"no editor on {before}");

            Connect(scratch);
            Keys("i", "typed ", "Escape", "gg0");
            var after = "";
            Wait.Until(() => (after = Screen()).StartsWith("typed the", StringComparison.Ordinal) && !after.Contains("INSERT", StringComparison.Ordinal), () => $"nothing typed on {after}");
            Assert.Equal($"typed {before.Split('\n')[0]}", after.Split('\n')[0]);
            Assert.Equal(before.Split('\n')[1..23], after.Split('\n')[1..23]);

            Lab.Run(who, [.. tmux, "resize-window", "-x", "60", "-y", "30"]).Succeeds();
            Wait.Until(() => Screen().Split('\n').Count(line => line == "~") == 28, () => $"not resized: {Screen()}");
            Keys(":q!", "Enter");
            Wait.Until(() => Lab.Run(who, [.. tmux, "has-session"]).ExitCode != 0, () => $"did not end: {Screen()}");
        }
        finally
        {
            Lab.Run(who, [.. tmux, "kill-server"]);
        }

        string Screen() => Lab.Run(who, [.. tmux, "capture-pane", "-p"]).Output;
        void Keys(params string[] keys) => Lab.Run(who, [.. tmux, "send-keys", .. keys]).Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_line_of_ours_appears_at_once_where_the_terminal_is_in_line_mode(Who who)
    {
        using var scratch = new Scratch();
        using var terminal = new Terminal(Lab, who, Lab.Supervise("-v -i ovpn", "sh", "-c", $"{ConnectWhenTold(who, scratch)} cat"));
        terminal.Enter("here");
        terminal.Expect("here\r\nhere\r\n");

        Connect(scratch);
        terminal.Expect(OurLine);
        terminal.Expect($"{Internet.Web4}:7");
        terminal.Type(Terminal.CtrlD);

        terminal.End().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_line_of_ours_begins_and_ends_a_line(Who who)
    {
        // The line comes a moment after the call. The program waits, so that the line is written in this mode and not in the usual one.
        using var terminal = new Terminal(
            Lab, who, Lab.Supervise("-v -i ovpn", "sh", "-c", $"stty -onlcr; {Programs.C("talk")} {Internet.Web4} 7 >/dev/null; read next; stty onlcr; echo bye"));
        terminal.Expect($"{Internet.Web4}:7 bound ovpn\r\n");
        terminal.Enter("next");

        var output = terminal.End().Succeeds().Output;
        Assert.EndsWith("bye\r\n", output, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Echo_that_the_program_turns_off_is_off(Who who)
    {
        using var terminal = new Terminal(
            Lab, who, Lab.Supervise("-i ovpn", "sh", "-c", "stty -echo; echo password; read secret; stty echo; echo \"secret: $secret\"; read next"));
        terminal.Expect("password");
        terminal.Enter("swordfish");
        terminal.Expect("secret: swordfish\r\n");
        terminal.Enter("echoed");

        var output = terminal.End().Succeeds().Output;
        Assert.Equal(1, terminal.Count("swordfish"));
        Assert.EndsWith("echoed\r\n", output, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone("true")]
    [Everyone("sh -c 'stty raw -echo; exec cat /dev/null' | cat; stty sane rows 24 columns 200")]
    [Everyone("sh -c 'kill -KILL $$'")]
    public void The_modes_are_afterwards_what_they_are_without_us(Who who, string program)
    {
        var plain = ModesAfter(who, program);
        var supervised = ModesAfter(who, $"{Lab.Supervisor} -v -i ovpn -- {program}");

        Assert.Equal(plain, supervised);
    }

    [LabTheory]
    [Everyone("vim.tiny -u NONE -i NONE /etc/passwd", "root:", ":q!\r")]
    [Everyone("less /etc/passwd", "root:", "q")]
    [Everyone("bash --norc --noprofile -i", "bash-", "exit\r")]
    public void An_interactive_program_leaves_the_terminal_as_it_found_it(Who who, string program, string appears, string quit)
    {
        // The read at the end needs the terminal's foreground back.
        using var terminal = new Terminal(
            Lab, who, "sh", "-c", $"stty -g; {Lab.Supervisor} -v -i ovpn -- {program}; stty -g; echo left; read line; echo read=$line");
        terminal.Expect(appears);
        terminal.Type(quit);
        terminal.Expect("left\r\n");
        terminal.Enter("after");
        terminal.Expect("read=after");

        var modes = Modes().Matches(terminal.End().Succeeds().Output).Select(match => match.Value).ToList();
        Assert.Equal(2, modes.Count);
        Assert.Equal(modes[0], modes[1]);
    }

    /// <summary>A background job, in shell, that connects once <see cref="Connect"/> says so.</summary>
    private string ConnectWhenTold(Who who, Scratch scratch)
    {
        Lab.Run(who, "mkfifo", "-m", "666", scratch.File("go")).Succeeds();
        return $"(cat {scratch.File("go")}; {Programs.C("talk")} {Internet.Web4} 7 >{scratch.File("answer")}; echo done >{scratch.File("done")}) &";
    }

    private static void Connect(Scratch scratch)
    {
        File.WriteAllText(scratch.File("go"), "");
        Wait.Until(() => File.Exists(scratch.File("done")), () => "never connected");
        Assert.StartsWith($"ovpn {Side.Ovpn.Address4} ", File.ReadAllText(scratch.File("answer")), StringComparison.Ordinal);
    }

    private string ModesAfter(Who who, string program)
    {
        using var terminal = new Terminal(Lab, who, "sh", "-c", $"{program}; stty -a");
        return terminal.End().Succeeds().Output;
    }

    /// <summary>What stty -g prints.</summary>
    [GeneratedRegex(@"[0-9a-f]+(:[0-9a-f]+){20,}")]
    private static partial Regex Modes();
}
