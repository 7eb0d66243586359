using System.Text.RegularExpressions;

namespace BindToInterface.Supervisor.Tests;

/// <summary>
/// What a user reads has none of the words below. They are hard to understand for readers who are not native speakers, or
/// they are a second name for something. These texts are checked: the documents, the files in deploy, what make and the demo
/// print, and the strings of the program.
/// </summary>
public sealed partial class PlainWordsTests
{
    private const string ForTheProgram = "the program is bti-supervise or the supervisor";
    private const string Through = "a packet goes out through an interface";
    private const string Riddle = "say it in usual words";
    private const string OneName = "one thing has one name";

    /// <summary>What must not be written, as a regular expression, and what to write instead.</summary>
    private static readonly (string Pattern, string Instead)[] Unwanted =
    [
        (@"\bwe\b", ForTheProgram),
        (@"\bus\b", ForTheProgram),
        (@"\bours?\b", ForTheProgram),
        (@"\b(leaves?|left|leaving) by\b", Through),
        (@"\bpackets by (the|its|that|each|another)\b", Through),
        (@"\bnot reached by\b", "the interface does not lead to it"),
        (@"\bthere again\b", Riddle),
        (@"\blets? it be\b", Riddle),
        (@"\b(can|could|cannot|to) be had\b", Riddle),
        (@"\bown (route|word)\b", Riddle),
        (@"\bgoes? by (the|its|what)\b", Riddle),
        (@"\bas ever\b", "as usual"),
        (@"\bfor good\b", "always, or: it cannot be undone"),
        (@"\bsees? to it\b", "makes sure"),
        (@"\bunjudged\b", Riddle),
        (@"\bnobody's business\b", Riddle),
        (@"\bwhatever it is\b", Riddle),
        (@"(?<![=`""])\bden(y|ies|ied)\b", $"{OneName}: a call is refused"),
        (@"\b(bypass|exclude|exclusion) (?-i:list)\b", $"{OneName}: a destination is excluded"),
    ];

    private static readonly (Regex Pattern, string Instead)[] Patterns =
        [.. Unwanted.Select(each => (new Regex(each.Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), each.Instead))];

    /// <summary>Where such words may be, and why.</summary>
    private static readonly (string File, string Words, string Reason)[] Allowed =
    [
        ("deploy/container/LICENSE.seccomp", "", "the text of a licence, which must not be changed"),
        ("src/Supervisor/Tracing/SummaryText.cs", "left by another interface", "the last line of the summary, which scripts look for"),
        ("docs/trace.md", "left by another interface", "the last line of the summary, which scripts look for"),
        ("deploy/container/seccomp.json", "", "a profile for container engines, made of names of calls"),
    ];

    /// <summary>Files whose whole text is read.</summary>
    private static readonly string[] Texts = ["*.md", "Makefile", "docs/*", "deploy/*", "tests/lab/demo.sh", "tests/packages.sh", "tests/run.sh"];

    [Fact]
    public void What_a_user_reads_has_only_usual_words()
    {
        List<string> texts = [.. Texts.SelectMany(FilesOf)];
        // A test that reads nothing could not fail.
        Assert.Contains("README.md", texts);
        Assert.Contains("docs/bti-supervise.1", texts);
        Assert.Contains("deploy/systemd/bti@.service", texts);

        AssertPlain(texts.SelectMany(file => File.ReadLines(At(file)).Select((line, number) => (file, number + 1, line))));
    }

    [Fact]
    public void The_strings_of_the_program_have_only_usual_words()
    {
        (string, int, string)[] strings = [.. FilesOf("src/*.cs").SelectMany(file => StringsOf(File.ReadAllText(At(file))).Select(found => (file, found.Line, found.Text)))];
        Assert.Contains(strings, found => found.Item3.Contains("all traffic takes the normal route", StringComparison.Ordinal));
        Assert.Contains(strings, found => found.Item3.Contains("bti-supervise [OPTIONS] [--] PROGRAM [ARG...]", StringComparison.Ordinal));

        AssertPlain(strings);
    }

    [Fact]
    public void Each_exception_is_still_needed()
    {
        foreach ((string file, string words, _) in Allowed)
        {
            Assert.Contains(words, File.ReadAllText(At(file)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("192.0.2.2 is an address of this host, which is not reached by ovpn; '--exclude 192.0.2.2' lets it be", 2)]
    [InlineData("a SOCKS5 proxy that leaves by ovpn", 1)]
    [InlineData("the native compiler cannot be had here", 1)]
    [InlineData("a descriptor of ours; we close it for us", 3)]
    [InlineData("a resolver daemon asks by its own route", 1)]
    [InlineData("It goes out through the interface, and the --dns server answers.", 0)]
    [InlineData("`WaysSend.It_leaves_by_the_interface`", 0)]
    public void The_list_finds_what_it_is_made_for(string text, int count) => Assert.Equal(count, Find(text).Count());

    [Fact]
    public void The_README_has_fewer_than_150_lines() => Assert.InRange(File.ReadLines(At("README.md")).Count(), 1, 149);

    [Fact]
    public void Each_link_in_a_document_leads_to_a_file()
    {
        (string File, string Link)[] links =
        [
            .. FilesOf("*.md").Concat(FilesOf("docs/*.md")).SelectMany(file => Link().Matches(File.ReadAllText(At(file))).Select(match => (file, match.Groups[1].Value))),
        ];
        Assert.Contains(("README.md", "SECURITY.md"), links);

        Assert.All(links.Where(link => !link.Link.Contains("://", StringComparison.Ordinal)), link =>
            Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(At(link.File))!, link.Link)), $"{link.File} links to {link.Link}"));
    }

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();

    private static void AssertPlain(IEnumerable<(string File, int Line, string Text)> lines)
    {
        string[] found =
        [
            .. from line in lines
               where !Allowed.Any(allowed => allowed.File == line.File && line.Text.Contains(allowed.Words, StringComparison.Ordinal))
               from unwanted in Find(line.Text)
               select $"{line.File}:{line.Line}: '{unwanted.Words}' ({unwanted.Instead}): {line.Text.Trim()}",
        ];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static IEnumerable<(string Words, string Instead)> Find(string text) =>
        from unwanted in Patterns
        from Match match in unwanted.Pattern.Matches(text)
        select (match.Value, unwanted.Instead);

    /// <summary>The strings of a C# file, without its comments.</summary>
    private static IEnumerable<(int Line, string Text)> StringsOf(string code)
    {
        // Comments come first, so that their quotation marks begin no string.
        const string Token = "(?<comment>//[^\n]*)|'(\\\\.|[^'\\\\])'|(?<string>\"\"\".*?\"\"\"|\"(\\\\.|[^\"\\\\])*\")";
        return from match in Regex.Matches(code, Token, RegexOptions.Singleline)
               where match.Groups["string"].Success
               select (code.AsSpan(0, match.Index).Count('\n') + 1, match.Value);
    }

    /// <summary>The files that a pattern names, below its folder at any depth, or in the root where it has no folder.</summary>
    private static IEnumerable<string> FilesOf(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern)!;
        return Directory.EnumerateFiles(At(folder), Path.GetFileName(pattern), folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(At(""), file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"));
    }

    private static string At(string path)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BindToInterface.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("BindToInterface.sln is not above the tests");
        }

        return Path.Combine(folder, path);
    }
}
