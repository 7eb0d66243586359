namespace BindToInterface.EndToEnd;

/// <summary>The folder of a user's profiles, for one test.</summary>
internal sealed class Profiles : IDisposable
{
    private readonly Scratch scratch = new();

    public Profiles() => Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>The variable that says where the folder is, as env(1) takes it.</summary>
    public string Home => $"XDG_CONFIG_HOME={scratch.File("config")}";

    /// <summary>The profile "vpn".</summary>
    public string Path => scratch.File("config/bind-to-interface/vpn.json");

    public string File(string name) => scratch.File(name);

    /// <summary>Writes the profile "vpn" in place.</summary>
    public void Write(string text) => System.IO.File.WriteAllText(Path, text);

    /// <summary>Puts another file in its place, as editors do.</summary>
    public void Replace(string text)
    {
        System.IO.File.WriteAllText($"{Path}.new", text);
        System.IO.File.Move($"{Path}.new", Path, overwrite: true);
    }

    public void Remove() => System.IO.File.Delete(Path);

    public void Dispose() => scratch.Dispose();
}
