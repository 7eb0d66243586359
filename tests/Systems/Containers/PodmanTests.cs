namespace BindToInterface.Systems;

public sealed class PodmanTests(Podman engine) : ContainerTests(engine), IClassFixture<Podman>
{
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
