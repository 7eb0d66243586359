namespace BindToInterface.Systems;

/// <summary>A bare Debian of one release in a lab, with its own programs and libraries only. What is written there ends with it.</summary>
internal sealed class BareDebian : IDisposable
{
    private const string Folder = "/run/bare";

    public BareDebian(string release)
    {
        var lower = Host.BareDebianRoot(release);
        Lab = new Lab();
        Lab.Run(
            Who.Root,
            "sh",
            "-ec",
            $"""
            mkdir -p {Folder}/upper {Folder}/work {Folder}/root
            mount -t overlay overlay -o lowerdir={lower},upperdir={Folder}/upper,workdir={Folder}/work {Folder}/root
            mount -t proc proc {Folder}/root/proc
            mount --rbind /dev {Folder}/root/dev
            mount --rbind /sys {Folder}/root/sys
            """).Succeeds();
    }

    public Lab Lab { get; }

    public void Dispose() => Lab.Dispose();

    /// <summary>Runs a command in it, as root.</summary>
    public Result Run(params string[] words) => Lab.Run(Who.Root, [.. Entering, .. words]);

    /// <summary>Runs a command in it, in the client of the lab.</summary>
    public Result Run(Who who, params string[] words) =>
        Run([.. who == Who.Root ? (string[])[] : ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"], .. words]);

    /// <summary>Runs dpkg on a package from outside.</summary>
    public Result Install(string package, params string[] options)
    {
        Lab.Run(Who.Root, "cp", package, $"{Folder}/root/tmp/package.deb").Succeeds();
        var result = Run(["dpkg", .. options, "--install", "/tmp/package.deb"]);
        Run("rm", "/tmp/package.deb").Succeeds();
        return result;
    }

    /// <summary>The paths of all that is in it, but for what dpkg keeps of the last change, whatever that was.</summary>
    public string[] Files() =>
        [.. Run("find", "/", "-xdev").Succeeds().OutputLines.Except(["/var/lib/dpkg/status-old"]).Order(StringComparer.Ordinal)];

    private static string[] Entering =>
        ["env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "chroot", $"{Folder}/root"];
}
