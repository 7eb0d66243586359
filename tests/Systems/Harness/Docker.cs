namespace BindToInterface.Systems;

/// <summary>dockerd, whose default profile permits no process to look into another without CAP_SYS_PTRACE: sockets are reached by copies.</summary>
public sealed class Docker : Engine
{
    private const string Socket = "unix:///run/docker-tests.sock";

    private readonly Running daemon;

    public Docker()
    {
        daemon = Lab.Start(Who.Root,
        [
            "dockerd", "--host", Socket, "--data-root", Path.Combine(Folder, "data"), "--exec-root", "/run/docker-tests",
            "--pidfile", "/run/docker-tests.pid", "--bridge=none", "--iptables=false",
        ]);
        Wait.Until(() => Do("version").ExitCode == 0, () => $"did not start: {daemon}");
        BuildImages();
    }

    public override string Name => "docker";

    public override string[] Needs => [];

    /// <summary>Debian's client: another one on the PATH may be too new for its dockerd.</summary>
    protected override string[] Client => ["/usr/bin/docker", "--host", Socket];

    protected override IReadOnlyDictionary<string, string> ClientEnvironment { get; } =
        new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "0", ["DOCKER_HOST"] = Socket };

    /// <summary>docker-compose with a file of the repository.</summary>
    public Result Compose(string file, params string[] words) =>
        Lab.Run(Who.Root, ["docker-compose", "--file", Repository.At(file), .. words], ClientEnvironment);

    protected override void Shutdown()
    {
        daemon.Signal(15);
        daemon.Finish();
        daemon.Dispose();
    }
}
