namespace BindToInterface.Systems;

/// <summary>Podman under its default profile, which permits all that supervision needs.</summary>
public sealed class Podman : Engine
{
    public Podman()
    {
        // Podman raises these limits by default, which takes a privilege that the machine may lack.
        File.WriteAllText(Path.Combine(Folder, "containers.conf"), """
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

            """);
        ClientEnvironment = new Dictionary<string, string> { ["CONTAINERS_CONF"] = Path.Combine(Folder, "containers.conf") };
        BuildImages();
    }

    public override string Name => "podman";

    public override string[] Needs => [];

    protected override string[] Client =>
    [
        "podman", "--root", Path.Combine(Folder, "storage"), "--runroot", "/run/podman-tests",
        "--cgroup-manager=cgroupfs", "--events-backend=none", "--runtime=runc", "--log-level=error",
    ];

    protected override IReadOnlyDictionary<string, string> ClientEnvironment { get; }
}
