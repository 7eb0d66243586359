using System.CommandLine;
using System.CommandLine.Parsing;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// The command line: options up to the first word that is not one, then the program and its arguments,
/// which are never read as options of the supervisor.
/// </summary>
internal sealed class CommandLine
{
    private static readonly Option<string> Interface = new(Setting.Interface.Option, "-i")
    {
        HelpName = "NAME",
        Description = "send IP traffic out through this interface only",
    };

    private static readonly Option<bool> RequireInterface = new(Setting.RequireInterface.Option)
    {
        Description = "an error, status 125, where no interface is set",
    };

    private static readonly Option<string> Dns = new(Setting.Dns.Option, "-d")
    {
        HelpName = "ADDRESS[,ADDRESS]",
        Description = "send port-53 traffic to this server; one address per family, a port may follow",
    };

    private static readonly Option<string> DnsPort = new(Setting.DnsPort.Option)
    {
        HelpName = "PORT",
        Description = "the port of --dns addresses that carry none (default 53)",
    };

    private static readonly Option<string[]> Exclude = new(Setting.Exclude.Option, "-x")
    {
        HelpName = "LIST",
        Description = "destinations that keep the normal route: addresses, networks, leading octets, loopback; repeatable",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> SourceIp = new(Setting.SourceIp.Option)
    {
        HelpName = "ADDRESS[,ADDRESS]",
        Description = "the local address to send from; one per family",
    };

    private static readonly Option<string> ResolverDaemons = new(Setting.ResolverDaemons.Option)
    {
        HelpName = "allow|refuse",
        Description = "may libc ask nscd and systemd-resolved? (default refuse)",
    };

    private static readonly Option<bool> ExitWithProgram = new(Setting.ExitWithProgram.Option)
    {
        Description = "end when the program ends, even if its descendants still run",
    };

    private static readonly Option<bool> Verbose = new("--verbose", "-v")
    {
        Description = "one line per decision; twice for more",
    };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "show errors only" };

    private static readonly Option<string> LogLevel = new(Setting.LogLevel.Option)
    {
        HelpName = "LEVEL",
        Description = "trace, debug, information, warning (default), error or none",
    };

    private static readonly Option<string> LogFormat = new(Setting.LogFormat.Option)
    {
        HelpName = "text|json",
        Description = "the form of messages (default text)",
    };

    private static readonly Option<string> LogFile = new(Setting.LogFile.Option)
    {
        HelpName = "PATH",
        Description = "append messages to this file, not to standard error",
    };

    private static readonly Option<bool> DumpFilter = new("--dump-filter")
    {
        Description = "print the seccomp filter that these options lead to, and run nothing",
    };

    private static readonly Option<bool> Help = new("--help", "-h") { Description = "show this help" };

    private static readonly Option<bool> Version = new("--version") { Description = "show the version" };

    private static readonly Option[] Options =
    [
        Interface, RequireInterface, Dns, DnsPort, Exclude, SourceIp, ResolverDaemons, ExitWithProgram, Verbose, Quiet, LogLevel, LogFormat, LogFile, DumpFilter, Help, Version,
    ];

    private readonly ParseResult result;

    private CommandLine(ParseResult result, int programWords)
    {
        this.result = result;
        ProgramWords = programWords;
    }

    /// <summary>By key of a setting, the name by which the command line gives it: <c>-d</c> or <c>--dns</c>.</summary>
    public IReadOnlyDictionary<string, string> Spelled =>
        Options.Where(option => result.GetResult(option) is { IdentifierToken: not null })
            .Select(option => (Setting: Setting.All.FirstOrDefault(setting => setting.Option == option.Name), result.GetResult(option)!.IdentifierToken!.Value))
            .Where(pair => pair.Setting is not null)
            .ToDictionary(pair => pair.Setting!.Key, pair => pair.Value);

    /// <summary>Where no program is left: the option that took the last word as its value, and that word.</summary>
    public (string Option, string Value)? LastOption { get; private init; }

    /// <summary>How many words, at the end, are the program and its arguments.</summary>
    public int ProgramWords { get; }

    public bool WantsHelp => result.GetValue(Help);

    public bool WantsFilter => result.GetValue(DumpFilter);

    public bool WantsVersion => result.GetValue(Version);

    /// <summary>Reads a command line.</summary>
    /// <exception cref="SettingsException">An option is unknown or lacks its value.</exception>
    public static CommandLine Parse(string[] words)
    {
        int own = CountOwnWords(words, out int program);
        var command = new Command("bti-supervise");
        foreach (Option option in Options)
        {
            command.Options.Add(option);
        }

        // The parser would take any value for such an option, and "false" for "on".
        if (words[..own].FirstOrDefault(IsFlagWithValue) is string flag)
        {
            throw new SettingsException($"{flag[..flag.IndexOf('=', StringComparison.Ordinal)]}: '{flag[(flag.IndexOf('=', StringComparison.Ordinal) + 1)..]}' is a value; accepted is the option alone");
        }

        ParseResult result = CommandLineParser.Parse(command, [.. words[..own].SelectMany(SplitAttachedValue)], new ParserConfiguration { ResponseFileTokenReplacer = null });
        return result.Errors is [ParseError error, ..]
            ? throw new SettingsException(Explain(error, result))
            : new CommandLine(result, words.Length - program)
            {
                LastOption = own > 1 && program == words.Length && TakesNextWord(words[own - 2]) ? (words[own - 2], words[own - 1]) : null,
            };
    }

    /// <summary>What is wrong, in the form of all errors: the option, the value, what is accepted.</summary>
    private static string Explain(ParseError error, ParseResult result)
    {
        if (error.SymbolResult is OptionResult option)
        {
            string name = option.IdentifierToken?.Value ?? option.Option.Name;
            return option.Tokens.Count == 0
                ? $"{name}: no value is given; accepted is {name} {option.Option.HelpName}"
                : $"{name}: {string.Join(" and ", option.Tokens.Select(token => $"'{token.Value}'"))} are {option.Tokens.Count} values; accepted is one";
        }

        return result.UnmatchedTokens is [string word, ..]
            ? $"{word}: there is no such option; accepted are those that 'bti-supervise --help' lists"
            : error.Message.ReplaceLineEndings(" ");
    }

    /// <summary>The settings that were given, by configuration key.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Values()
    {
        foreach ((Setting setting, Option<string> option) in new[]
        {
            (Setting.Interface, Interface), (Setting.Dns, Dns), (Setting.DnsPort, DnsPort), (Setting.SourceIp, SourceIp),
            (Setting.ResolverDaemons, ResolverDaemons), (Setting.LogFormat, LogFormat), (Setting.LogFile, LogFile),
        })
        {
            if (result.GetResult(option) is not null)
            {
                yield return new(setting.Key, result.GetValue(option));
            }
        }

        if (result.GetValue(Exclude) is { Length: > 0 } lists)
        {
            yield return new(Setting.Exclude.Key, string.Join(',', lists));
        }

        foreach ((Setting setting, Option<bool> option) in new[] { (Setting.RequireInterface, RequireInterface), (Setting.ExitWithProgram, ExitWithProgram) })
        {
            if (result.GetValue(option))
            {
                yield return new(setting.Key, "1");
            }
        }

        if (GivenLogLevel() is string level)
        {
            yield return new(Setting.LogLevel.Key, level);
        }
    }

    /// <summary>The text of --help, in lines of at most 100 columns.</summary>
    public static string HelpText()
    {
        const int Indent = 32, Columns = 100;
        var text = new System.Text.StringBuilder();
        text.Append(
            """
            Usage: bti-supervise [OPTIONS] [--] PROGRAM [ARG...]

            Runs a program so that the IP traffic it starts goes out through one interface, or not at all.


            """);
        foreach (Option option in Options)
        {
            string left = $"  {string.Join(", ", [.. option.Aliases, option.Name])} {option.HelpName}".TrimEnd();
            Setting? setting = Setting.All.FirstOrDefault(setting => setting.Option == option.Name);
            string description = setting is null ? option.Description! : $"{option.Description} [{setting.Variable}]";
            int column = left.Length;
            text.Append(left);
            if (column + 2 > Indent)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(' ', Indent - column);
            column = Indent;
            foreach (string word in description.Split(' '))
            {
                if (column + 1 + word.Length > Columns)
                {
                    text.Append('\n').Append(' ', Indent);
                    column = Indent;
                }

                string separator = column == Indent ? "" : " ";
                text.Append(separator).Append(word);
                column += separator.Length + word.Length;
            }

            text.Append('\n');
        }

        return text.Append(
            """

            An option wins over its variable. Exit status: that of the program; 125 if bti-supervise fails,
            126 if the program cannot be executed, 127 if it is not found.

            Examples:
              bti-supervise --interface ovpn --dns 8.8.8.8 curl ifconfig.me
              bti-supervise --interface ovpn --dns 8.8.8.8 --exclude loopback,192.168.0.0/16 bash

            """).ToString();
    }

    private string? GivenLogLevel() =>
        result.GetValue(LogLevel) is string level ? level
        : result.GetValue(Quiet) ? "error"
        : result.GetResult(Verbose)?.IdentifierTokenCount switch
        {
            null or 0 => null,
            1 => "information",
            _ => "debug",
        };

    /// <summary>Counts the supervisor's own words: options with their values, up to a word that is none or to --.</summary>
    private static int CountOwnWords(string[] words, out int program)
    {
        int index = 0;
        while (index < words.Length && words[index].Length > 1 && words[index][0] == '-')
        {
            if (words[index] == "--")
            {
                program = index + 1;
                return index;
            }

            index += TakesNextWord(words[index]) ? 2 : 1;
        }

        program = Math.Min(index, words.Length);
        return program;
    }

    /// <summary>
    /// Takes <c>-x::1</c> apart: the parser would read a colon, like an equals sign, as what separates them.
    /// </summary>
    private static IEnumerable<string> SplitAttachedValue(string word)
    {
        for (int i = 1; word.Length > 2 && word[1] != '-' && word[0] == '-' && i < word.Length - 1; i++)
        {
            if (Find($"-{word[i]}") is Option letter && HasValue(letter))
            {
                return [word[..(i + 1)], word[(i + 1)..].TrimStart('=')];
            }
        }

        return [word];
    }

    private static bool IsFlagWithValue(string word) =>
        word.StartsWith("--", StringComparison.Ordinal) && word.Split('=', 2) is [string name, _] && Find(name) is Option option && !HasValue(option);

    private static bool TakesNextWord(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            return !word.Contains('=', StringComparison.Ordinal) && Find(word) is Option option && HasValue(option);
        }

        // A bundle such as -vi: a value belongs to the last letter; -iNAME has it with it.
        for (int i = 1; i < word.Length; i++)
        {
            if (Find($"-{word[i]}") is Option letter && HasValue(letter))
            {
                return i == word.Length - 1;
            }
        }

        return false;
    }

    private static Option? Find(string name) =>
        Array.Find(Options, option => option.Name == name || option.Aliases.Contains(name));

    private static bool HasValue(Option option) => option is not Option<bool>;
}
