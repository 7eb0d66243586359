namespace BindToInterface.EndToEnd;

/// <summary>A directory that every user may write to, and that ends with its test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("bti-test-");

    public Scratch() => directory.UnixFileMode = (UnixFileMode)0b111_111_111;

    public string Folder => directory.FullName;

    public string File(string name) => Path.Combine(directory.FullName, name);

    public void Dispose() => directory.Delete(recursive: true);
}
