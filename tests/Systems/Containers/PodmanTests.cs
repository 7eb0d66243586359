namespace BindToInterface.Systems;

public sealed class PodmanTests(Podman engine) : ContainerTests(engine), IClassFixture<Podman>
{
    /// <summary>The command of docs/howto, as it is printed but for names that are examples.</summary>
    [SystemsFact]
    public void The_how_to_runs_bound()
    {
        string page = File.ReadAllText(Repository.At($"docs/howto/{"container.md"}"));
        string printed = Assert.Single(page.Split('\n'), line => line.StartsWith("    $ ", StringComparison.Ordinal)).Trim()["$ podman ".Length..];
        string typed = printed.Replace("$PWD", Repository.Root, StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)
            .Replace("IMAGE", "debian", StringComparison.Ordinal).Replace("vpn0", "ovpn", StringComparison.Ordinal)
            .Replace("http://ifconfig.example/", Internet.WebUrl("web4.test"), StringComparison.Ordinal);

        Engine.Do(typed.Split(' ')).AnsweredBy(Side.Ovpn, Internet.Web4);
        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Kubernetes itself is not at hand: Podman runs its manifests.</summary>
    [SystemsFact]
    public void The_Kubernetes_manifest_runs_bound()
    {
        Engine.Do("tag", "bound", "my-program-bound").Succeeds();

        Engine.Do("play", "kube", "--network=host", Repository.At("deploy/container/kubernetes.yaml")).Succeeds();

        Engine.Do("wait", "bound-bound").Says("0\n");
        Engine.Do("logs", "bound-bound").AnsweredBy(Side.Ovpn, Internet.Web4);
        Engine.Do("pod", "rm", "--force", "bound").Succeeds();
        Engine.Lab.NothingLeftBy(Side.Lan0);
    }
}
