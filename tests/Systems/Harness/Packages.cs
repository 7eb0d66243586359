namespace BindToInterface.Systems;

/// <summary>What `make deb` and `make tarball` have made.</summary>
internal static class Packages
{
    /// <summary>Debian's name of this machine's architecture.</summary>
    public static string Architecture { get; } =
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>Those that `make deb` makes here.</summary>
    public static string[] Architectures { get; } = Architecture == "arm64" ? ["arm64"] : ["amd64", "arm64"];

    public static string Version { get; } = VersionProperty();

    /// <summary>The Debian package for this machine.</summary>
    public static string Debian { get; } = DebianFor(Architecture);

    public static string Tarball { get; } = Made($"bti-supervise-{Version}-linux-{Architecture}.tar.gz");

    public static string DebianFor(string architecture) => Made($"bti-supervise_{Version}-1_{architecture}.deb");

    /// <summary>The same package by the name of an earlier version, with a mark in a unit by which it is told from the newer one.</summary>
    public static string Earlier(string folder)
    {
        var (unpacked, package) = ($"{folder}/unpacked", $"{folder}/bti-supervise_earlier.deb");
        Host.Run("dpkg-deb", "--raw-extract", Debian, unpacked);
        Host.Run("sed", "--in-place", "s/^Version: .*/Version: 0.0.1-1/", $"{unpacked}/DEBIAN/control");
        Host.Run("sed", "--in-place", "s/^Description=.*/Description=of the earlier version/", $"{unpacked}/usr/lib/systemd/system/bti@.service");
        // Another file, as another version's would be. Bytes after the end of an executable are not loaded.
        Host.Run("sh", "-c", "echo earlier >>\"$1\"", "sh", $"{unpacked}/usr/bin/bti-supervise");
        Host.Run("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", unpacked, package);
        return package;
    }

    private static string Made(string name)
    {
        var path = Repository.At($"artifacts/{name}");
        Assert.True(File.Exists(path), $"{path} is missing: make deb tarball");
        return path;
    }

    private static string VersionProperty() =>
        File.ReadAllText(Repository.At("Directory.Build.props")).Split("<VersionPrefix>")[1].Split('<')[0];
}
