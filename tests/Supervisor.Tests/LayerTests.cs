using System.Text.RegularExpressions;

namespace BindToInterface.Supervisor.Tests;

/// <summary>The folders of the source are layers: each uses those below it, and none above or beside it.</summary>
public sealed partial class LayerTests
{
    private static readonly string[] Supervisor =
        ["Supervision", "Handlers", "Tracing", "Status", "Lifetime", "Launch", "Check", "Logging", "Configuration", "Target", "Sockets", "Seccomp", "Proc", "Interop"];

    private static readonly string[] Policy = ["Plans", "Routes", "JobControl", "Wire", "Addresses"];

    public static TheoryData<string, string[]> Projects => new() { { "Supervisor", Supervisor }, { "Policy", Policy } };

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_what_stands_below_it(string project, string[] downwards)
    {
        string root = Path.Combine(Repository(), "src", project);
        List<string> wrong = [];
        foreach (string file in Sources(root))
        {
            string folder = Path.GetFileName(Path.GetDirectoryName(file)!);
            // A file beside the folders is seen by all of them, so it uses none.
            int level = Path.GetDirectoryName(file) == root ? downwards.Length : Array.IndexOf(downwards, folder);
            string text = File.ReadAllText(file);
            string own = $"namespace BindToInterface.{project}{(level == downwards.Length ? "" : $".{folder}")};";
            wrong.AddRange(level >= 0 && text.Contains(own, StringComparison.Ordinal) ? [] : [$"{file} is not of a folder that is listed here, or not of its namespace"]);
            wrong.AddRange(UsedFolder().Matches(text).Where(match => match.Groups[1].Value == project && match.Groups[2].Value != folder)
                .Where(match => Array.IndexOf(downwards, match.Groups[2].Value) is >= 0 and var used && used <= level)
                .Select(match => $"{file} uses {match.Value}"));
        }

        Assert.Empty(wrong);
    }

    /// <summary>All but Program.cs, which stands above the folders, and what the compiler has made.</summary>
    private static IEnumerable<string> Sources(string root) => Directory.GetDirectories(root)
        .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj")).Append(root)
        .SelectMany(folder => Directory.GetFiles(folder, "*.cs"))
        .Where(file => file != Path.Combine(root, "Program.cs"));

    private static string Repository()
    {
        string? directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory!, "Makefile")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory!;
    }

    [GeneratedRegex(@"BindToInterface\.(Supervisor|Policy)\.(\w+)")]
    private static partial Regex UsedFolder();
}
