namespace BindToInterface.Systems;

/// <summary>The tarball on a system that has no glibc and no GNU tools: busybox, musl, and a program that needs musl.</summary>
public sealed class TarballTests : IDisposable
{
    private const string Root = "/run/small";

    private readonly Lab lab = new();
    private readonly Scratch scratch = new();

    public TarballTests()
    {
        SystemsPrerequisites.Demand();
        var talk = scratch.File("talk");
        Host.Run("musl-gcc", "-O1", "-pthread", "-o", talk, Repository.At("tests/programs/talk.c"));
        var interpreter = Host.Run("sh", "-c", "readelf --wide --program-headers \"$1\" | sed -n 's/.*interpreter: \\(.*\\)]/\\1/p'", "sh", talk).Output.Trim();
        Assert.Contains("/ld-musl-", interpreter, StringComparison.Ordinal);
        lab.Run(
            Who.Root,
            "sh",
            "-ec",
            $"""
            mkdir -p {Root}/bin {Root}/lib {Root}/usr/local {Root}/tmp {Root}/root {Root}/proc {Root}/dev
            cp {Host.DebianRoot}/bin/busybox {talk} {Root}/bin/
            cp -L {interpreter} {Root}/lib/
            cp {Packages.Tarball} {Root}/tmp/bti-supervise.tar.gz
            mount -t proc proc {Root}/proc
            mount --bind /dev {Root}/dev
            {Root}/bin/busybox chroot {Root} /bin/busybox --install -s /bin
            """).Succeeds();
    }

    public void Dispose()
    {
        lab.Dispose();
        scratch.Dispose();
    }

    [SystemsTheory]
    [InlineData(Who.Root)]
    [InlineData(Who.User)]
    public void The_commands_of_its_note_install_it_and_it_binds(Who who)
    {
        Run(Who.Root, InstallCommands()).Succeeds();
        string[] ask = ["talk", Internet.Web4, $"{Internet.Echo}"];
        Run(who, string.Join(' ', ask)).AnsweredBy(Side.Lan0, Internet.Web4);
        lab.Reset();

        Run(who, $"bti-supervise --interface ovpn {string.Join(' ', ask)}").AnsweredBy(Side.Ovpn, Internet.Web4);
        Run(who, $"bti-supervise --interface ovpn wget -q -O - {Internet.WebUrl(Internet.Web4)}").AnsweredBy(Side.Ovpn, Internet.Web4);

        lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void The_same_commands_replace_one_that_runs()
    {
        Run(Who.Root, InstallCommands()).Succeeds();
        using var running = lab.Start(Who.Root, Words("bti-supervise --interface ovpn sh -c 'echo ready; read -r line; talk 198.51.100.1 7'"));
        running.WaitForOutput("ready");
        lab.Reset();

        Run(Who.Root, InstallCommands()).Succeeds();

        running.Input.Write("\n"u8);
        running.Input.Flush();
        Assert.Contains($"{Side.Ovpn} {Side.Ovpn.Address4} ", running.Finish().Succeeds().Output, StringComparison.Ordinal);
        lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void The_last_command_of_its_note_removes_all_files()
    {
        var before = Files();
        Run(Who.Root, InstallCommands()).Succeeds();
        Assert.NotEqual(before, Files());

        Run(Who.Root, $"cd /tmp/bti-supervise-* && {Commands()[^1]}").Succeeds();

        Assert.Equal(before, Files());
    }

    private string[] Files() => Run(Who.Root, "find /usr /bin /lib -type f | sort").Succeeds().OutputLines;

    private static string InstallCommands() =>
        // systemctl, which is not there, is for those who use the units.
        string.Join(" && ", ["cd /tmp", "tar -xzf bti-supervise.tar.gz", "cd bti-supervise-*", .. Commands().Where(command => !command.StartsWith("systemctl", StringComparison.Ordinal)).SkipLast(1)]);

    /// <summary>The indented lines of the note, without their comments.</summary>
    private static string[] Commands() =>
        [.. File.ReadLines(Repository.At("deploy/tarball/INSTALL")).Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Split('#')[0].Trim())];

    private Result Run(Who who, string command) => lab.Run(Who.Root, Words(command, who));

    private static string[] Words(string command, Who who = Who.Root) =>
    [
        "env", "--ignore-environment", "PATH=/usr/local/bin:/bin", "HOME=/root", "/usr/sbin/chroot",
        .. who == Who.Root ? (string[])[] : ["--userspec=65534:65534", "--groups=65534"], Root, "/bin/sh", "-c", command,
    ];
}
