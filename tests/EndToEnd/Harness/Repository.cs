namespace BindToInterface.EndToEnd;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The executable under test.</summary>
    public static string Supervisor { get; } =
        Environment.GetEnvironmentVariable("BTI_SUPERVISE") is { Length: > 0 } path ? Path.GetFullPath(path, Root) : At("artifacts/bti-supervise");

    public static string At(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "tests/lab/lab.sh")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("these tests run inside the repository");
        }

        return folder;
    }
}
