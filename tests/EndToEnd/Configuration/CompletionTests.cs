namespace BindToInterface.EndToEnd;

/// <summary>The completions of the shells, as <c>make install</c> puts them there, typed at a terminal.</summary>
[Collection(TerminalCollection.Name)]
public sealed class CompletionTests : LabTest, IDisposable
{
    private const string Prompt = "ready> ";

    /// <summary>What is typed, and the words that bti-supervise gets by it. The program bti-other completes its own word "alphabet".</summary>
    private static readonly (string Keys, string Words)[] Cases =
    [
        ("--exi\t", "<--exit-with-program>"),
        ("-i ovp\t", "<-i><ovpn>"),
        ("--interface ovp\t", "<--interface><ovpn>"),
        ("-vi ovp\t", "<-vi><ovpn>"),
        ("--log-level tr\t", "<--log-level><trace>"),
        ("--resolver-daemons=al\t", "<--resolver-daemons=allow>"),
        ("--log-file /usr/shar\tlog", "<--log-file></usr/share/log>"),
        ("--interface=ovp\t", "<--interface=ovpn>"),
        ("bti-oth\t", "<bti-other>"),
        ("--dns 8.8.8.8:53 bti-oth\tal\t", "<--dns><8.8.8.8:53><bti-other><alphabet>"),
        ("--dns=2001:db8::1 -x fd00::/8 -i ovp\tbti-oth\tal\t", "<--dns=2001:db8::1><-x><fd00::/8><-i><ovpn><bti-other><alphabet>"),
        ("-d8.8.8.8:53 -q -- bti-oth\tal\t", "<-d8.8.8.8:53><-q><--><bti-other><alphabet>"),
        ("--dns 8.8.8.8 --log-level=none -q bti-oth\tal\t", "<--dns><8.8.8.8><--log-level=none><-q><bti-other><alphabet>"),
        ("-x 10. -- bti-oth\tal\t", "<-x><10.><--><bti-other><alphabet>"),
        ("bti-other --exi\t", "<bti-other><--exi>"),
        ("-- --exi\t", "<--><--exi>"),
        ("@wo\t", "<@work>"),
        ("-q @wo\tbti-oth\tal\t", "<-q><@work><bti-other><alphabet>"),
        ("-i ovpn @work --exi\t", "<-i><ovpn><@work><--exit-with-program>"),
        ("--profile wo\tbti-oth\tal\t", "<--profile><work><bti-other><alphabet>"),
        ("--profile=wo\t", "<--profile=work>"),
        ("-- @wo\t", "<--><@wo>"),
    ];

    private readonly Scratch scratch = new();

    public CompletionTests(Lab lab)
        : base(lab)
    {
        // -o: the executable under test is as it is, whatever its sources' dates.
        using var install = new Running(
            ["make", "-s", "-C", Repository.Root, "-o", "artifacts/bti-supervise", "install", $"DESTDIR={scratch.File("root")}", "PREFIX=/usr"], null);
        install.Finish().Succeeds();
        Directory.CreateDirectory(scratch.File("bin"));
        File.WriteAllText(scratch.File("bin/bti-other"), "#!/bin/sh\n");
        Directory.CreateDirectory(scratch.File("bind-to-interface"));
        File.WriteAllText(scratch.File("bind-to-interface/work.json"), "{}");
        File.SetUnixFileMode(scratch.File("bin/bti-other"), (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => scratch.Dispose();

    [LabFact]
    public void Bash_completes_options_interfaces_and_the_program_with_its_own_words()
    {
        File.WriteAllText(
            scratch.File("rc"),
            $$"""
            PS1='{{Prompt}}'
            . /usr/share/bash-completion/bash_completion
            complete -W alphabet bti-other
            bti-supervise() { printf '<%s>' "$@"; echo; }

            """);
        Check("bash", "--rcfile", scratch.File("rc"), "-i");
    }

    [LabFact]
    public void Zsh_completes_options_interfaces_and_the_program_with_its_own_words()
    {
        File.WriteAllText(
            scratch.File(".zshrc"),
            $$"""
            PS1='{{Prompt}}'
            fpath=({{Share}}/zsh/site-functions $fpath)
            autoload -U compinit
            compinit -u -D
            _bti_other() { compadd alphabet }
            compdef _bti_other bti-other
            bti-supervise() { printf '<%s>' "$@"; echo; }

            """);
        Check("zsh", "-i");
    }

    [LabFact]
    public void Fish_completes_options_interfaces_and_the_program_with_its_own_words()
    {
        Directory.CreateDirectory(scratch.File("fish"));
        File.WriteAllText(
            scratch.File("fish/config.fish"),
            $$"""
            function fish_prompt; echo -n '{{Prompt}}'; end
            function fish_greeting; end
            complete -c bti-other -x -a alphabet
            function bti-supervise; printf '<%s>' $argv; echo; end

            """);
        Check("fish", "-i");
    }

    /// <summary>Without bash-completion, bash makes a word of its own of an at sign.</summary>
    [LabFact]
    public void Bash_completes_profiles_also_by_itself()
    {
        File.WriteAllText(
            scratch.File("rc"),
            $$"""
            PS1='{{Prompt}}'
            . {{Share}}/bash-completion/completions/bti-supervise
            bti-supervise() { printf '<%s>' "$@"; echo; }

            """);
        Check([("@wo\t", "<@work>"), ("-q @work --exi\t", "<-q><@work><--exit-with-program>"), ("@work bti-oth\t", "<@work><bti-other>")], "bash", "--rcfile", scratch.File("rc"), "-i");
    }

    private string Share => scratch.File("root/usr/share");

    /// <summary>Types each case at a shell, in which bti-supervise is a function that prints its words.</summary>
    private void Check(params string[] shell) => Check(Cases, shell);

    private void Check((string Keys, string Words)[] cases, params string[] shell)
    {
        // A new sysfs shows the interfaces of the lab.
        string[] command =
        [
            "unshare", "--mount", "sh", "-c", "mount -t sysfs none /sys && exec \"$@\"", "sh",
            "env", $"PATH={scratch.File("bin")}:/usr/bin:/bin", "TERM=dumb", $"HOME={scratch.File("")}", $"ZDOTDIR={scratch.File("")}",
            $"XDG_CONFIG_HOME={scratch.File("")}", $"XDG_DATA_DIRS={Share}:/usr/share", .. shell,
        ];
        using var terminal = new Terminal(Lab, Who.Root, command);
        terminal.Expect(Prompt);
        foreach (var (keys, words) in cases)
        {
            terminal.Enter($"bti-supervise {keys}");
            terminal.Expect($"{words}\r\n");
            terminal.Expect(Prompt);
        }

        terminal.Enter("exit");
        terminal.End();
    }
}
