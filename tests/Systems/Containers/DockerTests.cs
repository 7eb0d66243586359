namespace BindToInterface.Systems;

public sealed class DockerTests(Docker engine) : ContainerTests(engine), IClassFixture<Docker>
{
    [SystemsTheory]
    [InlineData("")]
    [InlineData("--user=65534:65534")]
    public void Without_the_capability_one_line_says_what_to_add(string options)
    {
        var result = Engine.RunPlain($"--env=BIND_INTERFACE=ovpn {options}", "bound", "curl", "-sS", Internet.WebUrl(Internet.Web4)).ExitsWith(125);

        Assert.Contains("--cap-add SYS_PTRACE", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
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
