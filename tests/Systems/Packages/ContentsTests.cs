using System.Text.RegularExpressions;

namespace BindToInterface.Systems;

/// <summary>What is in the Debian package and in the tarball.</summary>
public sealed class ContentsTests : IDisposable
{
    private readonly Scratch scratch = new();

    public static TheoryData<string> Architectures => [.. Packages.Architectures];

    public void Dispose() => scratch.Dispose();

    [SystemsTheory]
    [MemberData(nameof(Architectures))]
    public void Lintian_finds_no_error_and_no_warning_and_each_override_is_needed(string architecture)
    {
        var result = Host.Run("lintian", "--allow-root", "--display-info", "--tag-display-limit", "0", Packages.DebianFor(architecture));

        Assert.DoesNotContain(result.OutputLines, line => line.StartsWith("E:", StringComparison.Ordinal) || line.StartsWith("W:", StringComparison.Ordinal));
        Assert.DoesNotContain(result.OutputLines, line => line.Contains("-override", StringComparison.Ordinal));
    }

    [SystemsFact]
    public void Make_install_the_package_and_the_tarball_install_the_same_files()
    {
        var installed = Installed();
        Assert.Contains("share/man/man1/bti-supervise.1", installed);

        Assert.Equal(installed, FilesBelow(Untarred(), Packages.Tarball).Except(["INSTALL"]));
        Assert.Equal(
            installed.Select(AsInDebian).Concat(["share/doc/bti-supervise/changelog.Debian.gz", "share/lintian/overrides/bti-supervise"]).Order(StringComparer.Ordinal),
            FilesBelow($"{Unpacked(Packages.Architecture)}/usr", Packages.Debian));
    }

    [SystemsTheory]
    [MemberData(nameof(Architectures))]
    public void The_executable_is_static_and_for_its_architecture(string architecture)
    {
        var unpacked = Unpacked(architecture);
        var executable = $"{unpacked}/usr/bin/bti-supervise";

        Assert.Equal(architecture, Field(architecture, "Architecture"));
        Assert.Equal("", Field(architecture, "Depends"));
        Assert.Contains(architecture == "arm64" ? "AArch64" : "X86-64", Host.Run("readelf", "--file-header", executable).Output, StringComparison.Ordinal);
        var headers = Host.Run("readelf", "--wide", "--program-headers", "--dynamic", executable).Output;
        Assert.DoesNotContain("INTERP", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("NEEDED", headers, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Executable(architecture)), File.ReadAllBytes(executable));
    }

    [SystemsTheory]
    [MemberData(nameof(Architectures))]
    public void All_belongs_to_root_and_only_root_may_write_to_it(string architecture) =>
        Assert.All(
            Host.Run("dpkg-deb", "--contents", Packages.DebianFor(architecture)).OutputLines,
            line => Assert.Matches("^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) root/root ", line));

    [SystemsFact]
    public void The_shells_look_for_completions_where_the_package_has_them()
    {
        var usr = $"{Unpacked(Packages.Architecture)}/usr";
        string[] zsh = Host.Run("zsh", "-f", "-c", "print -l $fpath").OutputLines;
        string[] fish = Host.Run("fish", "-c", "printf '%s\\n' $fish_complete_path").OutputLines;

        Assert.Contains(zsh, folder => folder.StartsWith("/usr/", StringComparison.Ordinal) && File.Exists($"{usr}/{folder["/usr/".Length..]}/_bti-supervise"));
        Assert.Contains(fish, folder => folder.StartsWith("/usr/", StringComparison.Ordinal) && File.Exists($"{usr}/{folder["/usr/".Length..]}/bti-supervise.fish"));
        Assert.True(File.Exists($"{usr}/share/bash-completion/completions/bti-supervise"));
        Assert.True(File.Exists("/usr/share/bash-completion/completions/ssh"), "bash looks elsewhere");
    }

    [SystemsFact]
    public void Man_reads_the_manual_of_the_package()
    {
        var page = $"{Unpacked(Packages.Architecture)}/usr/share/man/man1/bti-supervise.1.gz";

        Assert.Contains("--require-interface", Host.Run("sh", "-c", "zcat \"$1\" | mandoc -T ascii | col -b", "sh", page).Output, StringComparison.Ordinal);
    }

    [SystemsFact]
    public void Make_uninstall_leaves_no_file_and_no_folder_of_its_own()
    {
        Installed();

        Host.Run("make", "-s", "-C", Repository.Root, "uninstall", $"DESTDIR={scratch.File("installed")}", "PREFIX=/usr");

        Assert.Empty(Directory.GetFiles(scratch.File("installed"), "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetDirectories(scratch.File("installed/usr"), "*bti*", SearchOption.AllDirectories));
    }

    [SystemsTheory]
    [InlineData("README.md")]
    [InlineData("docs/install.md")]
    public void The_documents_name_the_packages_that_make_makes(string document)
    {
        var names = Regex.Matches(File.ReadAllText(Repository.At(document)), @"bti-supervise[_-][0-9]\S*?\.(deb|tar\.gz)").Select(match => match.Value).ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(File.Exists(Repository.At($"artifacts/{name}")), name));
    }

    /// <summary>The names that Debian wants.</summary>
    private static string AsInDebian(string path) => path switch
    {
        "share/zsh/site-functions/_bti-supervise" => "share/zsh/vendor-completions/_bti-supervise",
        "share/doc/bti-supervise/CHANGELOG.md" => "share/doc/bti-supervise/changelog.gz",
        _ when path.StartsWith("share/man/", StringComparison.Ordinal) => path + ".gz",
        _ => path,
    };

    private static string Field(string architecture, string name) =>
        Host.Run("dpkg-deb", "--field", Packages.DebianFor(architecture), name).Output.Trim();

    private static string Executable(string architecture) =>
        Repository.At(architecture == Packages.Architecture ? "artifacts/container/bti-supervise" : "artifacts/arm64/bti-supervise");

    private string[] Installed()
    {
        // -o: the executable under test is as it is, whatever its sources' dates.
        Host.Run("make", "-s", "-C", Repository.Root, "-o", "artifacts/bti-supervise", "install", $"DESTDIR={scratch.File("installed")}", "PREFIX=/usr");
        return FilesBelow(scratch.File("installed/usr"), "make install");
    }

    private string Unpacked(string architecture)
    {
        var folder = scratch.File(architecture);
        Host.Run("dpkg-deb", "--extract", Packages.DebianFor(architecture), folder);
        return folder;
    }

    private string Untarred()
    {
        var folder = Directory.CreateDirectory(scratch.File("tarball")).FullName;
        Host.Run("tar", "--extract", $"--file={Packages.Tarball}", $"--directory={folder}");
        return Assert.Single(Directory.GetDirectories(folder));
    }

    private static string[] FilesBelow(string folder, string source)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 0, $"{source} has no file");
        return files;
    }
}
