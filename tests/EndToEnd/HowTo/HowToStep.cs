namespace BindToInterface.EndToEnd;

/// <summary>One step of a page of docs/howto: a command, or a file with what is in it.</summary>
/// <param name="Who">Who types the command.</param>
/// <param name="Text">The command, or the file.</param>
/// <param name="Path">Where the file is; null for a command.</param>
internal sealed record HowToStep(Who Who, string Text, string? Path)
{
    /// <summary>Whether the shell does not wait for the command.</summary>
    public bool StaysInBackground => Path is null && Text.EndsWith(" &", StringComparison.Ordinal);

    /// <summary>The steps of a page, in their order: indented lines that begin with a prompt, and fenced blocks that begin with a path.</summary>
    public static IReadOnlyList<HowToStep> Of(string page)
    {
        List<HowToStep> steps = [];
        List<string>? file = null;
        foreach (var line in File.ReadAllLines(Repository.At($"docs/howto/{page}")))
        {
            if (line == "```")
            {
                if (file is not null)
                {
                    steps.Add(new(Who.Root, string.Join('\n', file) + "\n", file[0].TrimStart('#', ' ')));
                }

                file = file is null ? [] : null;
            }
            else if (file is not null)
            {
                file.Add(line);
            }
            else if (line.StartsWith("    $ ", StringComparison.Ordinal) || line.StartsWith("    # ", StringComparison.Ordinal))
            {
                steps.Add(new(line[4] == '#' ? Who.Root : Who.User, line[6..], null));
            }
        }

        Assert.NotEmpty(steps);
        return steps;
    }
}
