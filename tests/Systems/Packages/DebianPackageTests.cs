namespace BindToInterface.Systems;

/// <summary>The Debian package on bare Debians: nothing else has to be installed, and nothing stays behind.</summary>
public sealed class DebianPackageTests
{
    /// <summary>The releases that the package serves.</summary>
    public static TheoryData<string> Releases => ["bullseye", "bookworm", "trixie"];

    [SystemsTheory]
    [MemberData(nameof(Releases))]
    public void It_is_installed_binds_and_is_purged_without_a_trace(string release)
    {
        using var debian = new BareDebian(release);
        var before = debian.Files();

        debian.Install(Packages.Debian).Succeeds();

        BindsForEveryone(debian);
        Assert.Equal($"bti-supervise {Packages.Version}\n", debian.Run("bti-supervise", "--version").Succeeds().Output);
        Assert.Equal("", debian.Run("dpkg", "--verify", "bti-supervise").Succeeds().Output);
        Assert.Equal("root:root 755 directory\n", debian.Run("stat", "--format=%U:%G %a %F", "/etc/bind-to-interface").Succeeds().Output);

        debian.Run("dpkg", "--purge", "bti-supervise").Succeeds();

        Assert.Equal(before, debian.Files());
    }

    [SystemsTheory]
    [MemberData(nameof(Releases))]
    public void It_is_upgraded_removed_and_installed_again(string release)
    {
        using var folder = new Scratch();
        using var debian = new BareDebian(release);
        var before = debian.Files();
        debian.Install(Packages.Earlier(folder.Folder)).Succeeds();

        debian.Install(Packages.Debian).Succeeds();

        Assert.Equal($"{Packages.Version}-1", Status(debian, "${Version}"));
        BindsForEveryone(debian);

        debian.Run("dpkg", "--remove", "bti-supervise").Succeeds();

        // A package without settings of its own is forgotten as it is removed, but for what remembers its script.
        Assert.All(debian.Files().Except(before), path => Assert.StartsWith("/var/lib/dpkg/info/bti-supervise.", path, StringComparison.Ordinal));

        debian.Install(Packages.Debian).Succeeds();
        BindsForEveryone(debian);
        debian.Run("dpkg", "--purge", "bti-supervise").Succeeds();
        Assert.Equal(before, debian.Files());
    }

    [SystemsTheory]
    [MemberData(nameof(Releases))]
    public void The_administrators_settings_stay_and_the_links_to_its_units_go(string release)
    {
        using var debian = new BareDebian(release);
        debian.Install(Packages.Debian).Succeeds();
        var before = debian.Files();
        debian.Run("sh", "-c", "echo BIND_INTERFACE=ovpn >/etc/bind-to-interface/mine.env").Succeeds();
        debian.Run("systemctl", "enable", "bti@mine.service", "microsocks@ovpn.service").Succeeds();
        // A copy of the administrator's own.
        debian.Run("sh", "-c", "mkdir -p /usr/local/lib/systemd/system; cp /usr/lib/systemd/system/bti@.service /usr/local/lib/systemd/system/own@.service").Succeeds();
        debian.Run("systemctl", "enable", "own@mine.service").Succeeds();

        debian.Run("dpkg", "--purge", "bti-supervise").Succeeds();

        Assert.Equal("BIND_INTERFACE=ovpn\n", debian.Run("cat", "/etc/bind-to-interface/mine.env").Succeeds().Output);
        Assert.Equal(
            ["/etc/bind-to-interface/mine.env", "/etc/systemd/system/multi-user.target.wants/own@mine.service"],
            debian.Files().Except(before).Where(path => path.StartsWith("/etc/", StringComparison.Ordinal)));
    }

    [SystemsTheory]
    [MemberData(nameof(Releases))]
    public void The_systemd_of_the_release_finds_nothing_wrong_with_its_units(string release)
    {
        using var debian = new BareDebian(release);
        debian.Install(Packages.Debian).Succeeds();
        // What the units run beside the supervisor.
        debian.Run("ln", "--symbolic", "/bin/true", "/usr/bin/microsocks").Succeeds();

        // A bare one has no manual pages.
        var result = debian.Run("systemd-analyze", "verify", "--man=no", "bti@fetch.service", "microsocks@ovpn.service").Succeeds();

        Assert.Equal("", result.Error);
    }

    [SystemsFact]
    public void The_package_for_arm64_is_installed_and_purged_without_a_trace()
    {
        using var debian = new BareDebian("bookworm");
        debian.Run("dpkg", "--add-architecture", "arm64").Succeeds();
        var before = debian.Files();

        debian.Install(Packages.DebianFor("arm64")).Succeeds();

        Assert.Equal("arm64 install ok installed", Status(debian, "${Architecture} ${Status}"));
        debian.Run("dpkg", "--purge", "bti-supervise:arm64").Succeeds();
        Assert.Equal(before, debian.Files());
    }

    private static string Status(BareDebian debian, string format) =>
        debian.Run("dpkg-query", "--show", $"--showformat={format}", "bti-supervise").Succeeds().Output;

    /// <summary>The release's own bash asks who it is, without the supervisor and below it, as root and as an ordinary user.</summary>
    private static void BindsForEveryone(BareDebian debian)
    {
        string[] ask = ["bash", "-c", $"head -n 1 </dev/tcp/{Internet.Web4}/{Internet.Echo}"];
        foreach (var who in Enum.GetValues<Who>())
        {
            debian.Run(who, ask).AnsweredBy(Side.Lan0, Internet.Web4);
            debian.Lab.Reset();

            debian.Run(who, ["bti-supervise", "--interface", "ovpn", .. ask]).AnsweredBy(Side.Ovpn, Internet.Web4);
            debian.Lab.NothingLeftBy(Side.Lan0);
        }
    }
}
