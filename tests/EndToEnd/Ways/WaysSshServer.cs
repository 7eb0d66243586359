namespace BindToInterface.EndToEnd;

/// <summary>An sshd on each side of a lab, which answers every log-in with its side's name. Needs the machine's root.</summary>
internal sealed class WaysSshServer : IDisposable
{
    private const string Port = "2222";

    private readonly Lab lab;
    private readonly string folder = Directory.CreateTempSubdirectory("bti-ssh-").FullName;
    private readonly List<Running> servers = [];

    public WaysSshServer(Lab lab)
    {
        this.lab = lab;
        // Those who log in read their own key only, which must be nobody else's to read.
        lab.Run(
            Who.Root, "sh", "-ec",
            $"""
            cd {folder}; chmod 755 .; mkdir -p /run/sshd
            for key in host root user; do ssh-keygen -q -t ed25519 -N '' -f $key; done
            cat root.pub user.pub >authorized; chown 65534 user
            """).Succeeds();
        foreach (var side in (Side[])[Side.Lan0, Side.Ovpn])
        {
            var server = lab.Start(
                Who.Root,
                [
                    "nsenter", $"--net=/run/netns/{side}", "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", $"{folder}/host", "-p", Port,
                    "-o", "UsePAM=no", "-o", "StrictModes=no", "-o", "PermitRootLogin=yes", "-o", $"AuthorizedKeysFile={folder}/authorized",
                    "-o", "PidFile=none", "-o", $"ForceCommand=echo {side}",
                ]);
            servers.Add(server);
            server.WaitForError("Server listening");
        }
    }

    /// <summary>Where the keys are, user and root.</summary>
    public string Folder => folder;

    public Result Connect(Who who, bool supervised, params string[] options) =>
        supervised ? lab.Bound(who, Words(who, options)) : lab.Run(who, Words(who, options));

    /// <summary>What logs in.</summary>
    public string[] Words(Who who, params string[] options) =>
    [
        "ssh", "-F", "none", "-i", $"{folder}/{(who == Who.Root ? "root" : "user")}", "-p", Port, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", .. options, $"root@{Internet.Web4}", "who",
    ];

    public void Dispose()
    {
        servers.ForEach(server => server.Dispose());
        Directory.Delete(folder, recursive: true);
    }
}
