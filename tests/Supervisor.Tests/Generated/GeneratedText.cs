using System.Runtime.CompilerServices;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>A part of a file, or all of it, that is made from the table of settings.</summary>
/// <param name="File">The file, from the root of the repository.</param>
/// <param name="Begin">The line before the part; null where the file is made as a whole.</param>
/// <param name="End">The line after the part.</param>
/// <param name="Text">What has to stand there, in whole lines.</param>
internal sealed record GeneratedText(string File, string? Begin, string? End, string Text)
{
    public static IEnumerable<GeneratedText> All =>
    [
        new("docs/bti-supervise.1", """.\" made by make generate: synopsis""", """.\" end""", ManualText.Synopsis()),
        new("docs/bti-supervise.1", """.\" made by make generate: options""", """.\" end""", ManualText.Options()),
        new("docs/bti-supervise.1", """.\" made by make generate: environment""", """.\" end""", ManualText.Environment()),
        new("README.md", "<!-- made by make generate: options -->", "<!-- end -->", OptionTable.Common()),
        new("docs/options.md", "<!-- made by make generate: options -->", "<!-- end -->", OptionTable.All()),
        new("docs/bti-supervise.json.5", """.\" made by make generate: keys""", """.\" end""", ManualText.Keys()),
        new("deploy/bind-to-interface.schema.json", null, null, ProfileSchema.Text()),
        new("deploy/completions/bti-supervise.bash", null, null, Completions.Bash()),
        new("deploy/completions/_bti-supervise", null, null, Completions.Zsh()),
        new("deploy/completions/bti-supervise.fish", null, null, Completions.Fish()),
    ];

    private string Path => System.IO.Path.Combine(Root(), File);

    /// <summary>What stands there now.</summary>
    public string Current()
    {
        string whole = System.IO.File.ReadAllText(Path);
        (int start, int end) = Find(whole);
        return whole[start..end];
    }

    public void Write()
    {
        string whole = System.IO.File.ReadAllText(Path);
        (int start, int end) = Find(whole);
        System.IO.File.WriteAllText(Path, whole[..start] + Text + whole[end..]);
    }

    private (int Start, int End) Find(string whole)
    {
        if (Begin is null)
        {
            return (0, whole.Length);
        }

        int start = whole.IndexOf($"{Begin}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{File} has no line '{Begin}'");
        start += Begin.Length + 1;
        int end = whole.IndexOf($"{End}\n", start, StringComparison.Ordinal);
        Assert.True(end >= 0, $"{File} has no line '{End}' after '{Begin}'");
        return (start, end);
    }

    private static string Root([CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../.."));
}
