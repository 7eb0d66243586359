using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>make: what is missing is named, what is there is not built again, and what is installed lies where it belongs.</summary>
public sealed class BuildTests : IDisposable
{
    /// <summary>What the Makefile uses beside the tools in question.</summary>
    private static readonly string[] Ordinary = ["find", "uname", "mkdir", "cut", "paste", "grep"];

    private static readonly (string Name, string Script) Sdk = ("dotnet", "echo '10.0.100 [/usr/share/dotnet/sdk]'");

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [LabFact]
    public void A_missing_SDK_is_named_in_one_line()
    {
        var complaint = Make(Path());

        Assert.Contains("dotnet", complaint, StringComparison.Ordinal);
    }

    [LabFact]
    public void An_SDK_that_is_too_old_is_named_in_one_line()
    {
        var complaint = Make(Path(("dotnet", "echo '8.0.100 [/usr/share/dotnet/sdk]'")));

        Assert.Contains("8.0.100", complaint, StringComparison.Ordinal);
    }

    [LabFact]
    public void A_missing_linker_is_named_in_one_line()
    {
        var complaint = Make(Path(Sdk));

        Assert.Contains("apt-get install gcc", complaint, StringComparison.Ordinal);
    }

    [LabFact]
    public void A_linker_without_libc_is_named_in_one_line()
    {
        var complaint = Make(Path(Sdk, ("gcc", "exit 1")));

        Assert.Contains("libc6-dev", complaint, StringComparison.Ordinal);
    }

    [LabFact]
    public void A_missing_package_is_named_with_the_command_where_we_are_not_root()
    {
        File.WriteAllText(scratch.File("packages.txt"), "# no such thing\nbash\nbti-no-such-package\n");
        string[] user = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        File.Copy(Repository.At("tests/packages.sh"), scratch.File("packages.sh"));

        using var running = new Running([.. user, scratch.File("packages.sh"), scratch.File("packages.txt")], null);

        Assert.EndsWith(
            "apt-get install bti-no-such-package",
            Assert.Single(running.Finish().ExitsWith(1).ErrorLines),
            StringComparison.Ordinal);
    }

    [LabFact]
    public void Installed_files_lie_below_the_prefix()
    {
        // -o: the executable under test is as it is, whatever its sources' dates.
        using var running = new Running(
            ["make", "-s", "-C", Repository.Root, "-o", "artifacts/bti-supervise", "install", $"DESTDIR={scratch.File("root")}", "PREFIX=/usr"], null);
        Assert.Contains("systemctl daemon-reload", running.Finish().Succeeds().Output, StringComparison.Ordinal);

        // The first step of docs/systemd.md writes a file into it.
        Assert.True(Directory.Exists(scratch.File("root/etc/bind-to-interface")));
        Assert.All(
            (string[])["bin/bti-supervise", "share/man/man1/bti-supervise.1", "share/bash-completion/completions/bti-supervise", "share/zsh/site-functions/_bti-supervise", "share/fish/vendor_completions.d/bti-supervise.fish", "lib/systemd/system/bti@.service", "lib/systemd/system/microsocks@.service", "share/doc/bti-supervise/systemd/interface.d/wait-for-interface.conf"],
            file => Assert.True(File.Exists(scratch.File($"root/usr/{file}")), file));
        Assert.True(File.GetUnixFileMode(scratch.File("root/usr/bin/bti-supervise")).HasFlag(UnixFileMode.OtherExecute));
    }

    [LabTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_seccomp_profile_is_printed_with_tools_that_every_system_has(bool fromDefault)
    {
        const string Default = """{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}""";
        File.WriteAllText(scratch.File("default.json"), Default);
        var folder = Directory.CreateDirectory(scratch.File("tools")).FullName;
        foreach (var tool in (string[])["sh", "cat", "sed", "dirname"])
        {
            File.CreateSymbolicLink($"{folder}/{tool}", $"/usr/bin/{tool}");
        }

        using var running = new Running(
            ["env", $"PATH={folder}", "sh", Repository.At("deploy/container/seccomp-profile.sh"), .. fromDefault ? (string[])[scratch.File("default.json")] : []], null);
        var profile = JsonDocument.Parse(running.Finish().Succeeds().Output).RootElement;

        var added = profile.GetProperty("syscalls").EnumerateArray().First();
        Assert.Equal(["pidfd_getfd", "process_vm_readv", "process_vm_writev"], added.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("SCMP_ACT_ALLOW", added.GetProperty("action").GetString());
        Assert.True(profile.GetProperty("syscalls").GetArrayLength() > 1);
    }

    /// <summary>The one line with which a build fails.</summary>
    private string Make(string path)
    {
        using var running = new Running(
            ["env", $"PATH={path}", "/usr/bin/make", "-s", "-C", Repository.Root, $"EXECUTABLE={scratch.File("executable")}"], null);
        return running.Finish().ExitsWith(2).ErrorLines.Single(line => !line.Contains("***", StringComparison.Ordinal));
    }

    /// <summary>A PATH that holds ordinary tools and these scripts.</summary>
    private string Path(params (string Name, string Script)[] scripts)
    {
        var folder = Directory.CreateDirectory(scratch.File("bin")).FullName;
        foreach (var tool in Ordinary)
        {
            File.CreateSymbolicLink($"{folder}/{tool}", $"/usr/bin/{tool}");
        }

        foreach (var (name, script) in scripts)
        {
            File.WriteAllText($"{folder}/{name}", $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode($"{folder}/{name}", (UnixFileMode)0b111_101_101);
        }

        return folder;
    }
}
