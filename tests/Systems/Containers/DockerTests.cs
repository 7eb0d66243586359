namespace BindToInterface.Systems;

public sealed class DockerTests(Docker engine) : ContainerTests(engine), IClassFixture<Docker>
{
    /// <summary>Which way it takes: by itself, and what --check says of it.</summary>
    [SystemsTheory]
    [InlineData("", "copies that are kept from their birth")]
    [InlineData("--user=65534:65534", "copies that are kept from their birth")]
    [InlineData("--cap-add=SYS_PTRACE", "pidfd_getfd")]
    public void The_check_says_by_which_way_sockets_are_reached(string options, string way)
    {
        Result check = Engine.RunPlain(options, "bti-supervise", "--check", "--interface", "ovpn", "--probe", $"{Internet.Web4}:80").Succeeds();

        Assert.Contains($"sockets are reached by {way}", check.Output, StringComparison.Ordinal);
        Assert.Contains("through ovpn", check.Output, StringComparison.Ordinal);
        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>The rules of Kubernetes' Pod Security level "restricted", by hand, with a root file system that is only read.</summary>
    [SystemsTheory]
    [InlineData(Internet.Web4)]
    [InlineData(Internet.Web6)]
    public void Restricted_as_in_Kubernetes_it_runs_bound(string address)
    {
        const string Restricted = "--user=65534:65534 --cap-drop=ALL --security-opt=no-new-privileges --read-only";

        Engine.RunPlain($"--env=BIND_INTERFACE=ovpn {Restricted}", "bound", "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);
        Engine.RunPlain($"--env=BIND_INTERFACE=ovpn --env=DNS_OVERRIDE_IP={Internet.Override4} {Restricted}", "bound", "curl", "-sS", Internet.WebUrl("web4.test"))
            .AnsweredBy(Side.Ovpn, Internet.Web4);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void A_worker_of_another_user_is_refused_and_one_line_says_what_to_add()
    {
        string[] worker = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "curl", "-sS", Internet.WebUrl(Internet.Web4)];

        Result refused = Engine.RunPlain("--env=BIND_INTERFACE=ovpn", "bound", worker);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("--cap-add SYS_PTRACE", refused.Error, StringComparison.Ordinal);
        Engine.RunPlain("--env=BIND_INTERFACE=ovpn --cap-add=SYS_PTRACE", "bound", worker).AnsweredBy(Side.Ovpn, Internet.Web4);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void A_profile_of_ones_own_does_without_the_capability()
    {
        using var scratch = new Scratch();
        var profile = scratch.File("profile.json");
        File.WriteAllText(profile, Host.Run(Repository.At("deploy/container/seccomp-profile.sh")).Output);

        Engine.RunPlain($"--env=BIND_INTERFACE=ovpn --cap-drop=ALL --user=65534:65534 --security-opt=seccomp={profile}", "bound", "curl", "-sS", Internet.WebUrl(Internet.Web4))
            .AnsweredBy(Side.Ovpn, Internet.Web4);
        Engine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsFact]
    public void The_compose_file_runs_bound()
    {
        Engine.Do("tag", "bound", "my-program-bound").Succeeds();

        engine.Compose("deploy/container/compose.yaml", "run", "--rm", "bound").AnsweredBy(Side.Ovpn, Internet.Web4);

        Engine.Lab.NothingLeftBy(Side.Lan0);
    }
}
