namespace BindToInterface.Systems;

/// <summary>Builds are equal, byte by byte, in another folder, at another time, and with other settings of the shell.</summary>
[Collection(BuildsCollection.Name)]
public sealed class ReproducibleTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [SystemsFact]
    public void A_copy_of_the_sources_in_another_folder_makes_the_same_files()
    {
        var copy = Directory.CreateDirectory(scratch.File("some/other/folder")).FullName;
        Host.Run(
            "sh", "-c", "tar --create --directory=\"$1\" --exclude=./artifacts --exclude=./.git --exclude=bin --exclude=obj . | tar --extract --directory=\"$2\"", "sh", Repository.Root, copy);

        Host.Make(copy, "deb", "tarball");

        string[] made = [.. Directory.GetFiles($"{copy}/artifacts", "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(copy, path))];
        Assert.Equal(Packages.Architectures.Length + 1, made.Count(file => file.EndsWith("/bti-supervise", StringComparison.Ordinal)));
        Assert.Equal(2 * Packages.Architectures.Length, made.Count(file => file.EndsWith(".deb", StringComparison.Ordinal) || file.EndsWith(".tar.gz", StringComparison.Ordinal)));
        string[] differ = [.. made.Where(file => !File.ReadAllBytes(Path.Combine(copy, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Repository.At(file))))];
        Assert.True(differ is [], $"not equal: {string.Join(' ', differ)}");
    }
}
