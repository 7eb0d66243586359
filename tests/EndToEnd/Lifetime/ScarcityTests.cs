using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>Where something that the supervisor needs is missing or limited, it says so in one line and ends with 125.</summary>
[Collection(Collections.Parent)]
public sealed class ScarcityTests(Lab lab) : LabTest(lab)
{
    /// <summary>With less than 11 MB not even the C library is loaded.</summary>
    [LabTheory]
    [Everyone(14_000)]
    [Everyone(50_000)]
    [Everyone(90_000)]
    public void Too_little_address_space(Who who, int kilobytes) =>
        Assert.Contains("ulimit -v", Refusal(Limited(who, $"-v {kilobytes}")), StringComparison.Ordinal);

    /// <summary>The runtime needs less where it is told that there is little.</summary>
    [LabTheory]
    [Everyone(110_000)]
    [Everyone(150_000)]
    [Everyone(170_000)]
    [Everyone(200_000)]
    public void Enough_address_space_is_enough_each_time(Who who, int kilobytes)
    {
        var script = string.Create(CultureInfo.InvariantCulture, $"ulimit -v {kilobytes}; for i in $(seq 20); do {Lab.Supervisor} --interface ovpn -- echo started; done");

        Lab.Run(who, "bash", "-c", script).Says(string.Concat(Enumerable.Repeat("started\n", 20)));
    }

    /// <summary>Fewer threads than the runtime, the supervisor, and the program beside it need. Each as a user who has no other process.</summary>
    [RootFact]
    public void Too_few_processes()
    {
        for (var processes = 1; processes < 5; processes++)
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"{71_000 + processes}");
            var result = Lab.Run(
                Who.Root,
                ["setpriv", "--reuid", user, "--clear-groups", "bash", "-c", $"ulimit -u {processes}; exec {Lab.Supervisor} --interface ovpn -- sleep 300"]);

            Assert.Contains("ulimit -u", Refusal(result), StringComparison.Ordinal);
        }
    }

    [LabFact]
    public void A_root_without_proc()
    {
        using var scratch = new Scratch();
        var root = scratch.File("root");
        var script = $$"""
            mkdir {{root}}
            for file in $(ldd {{Lab.Supervisor}} | grep -o '/[^ ]*'); do cp --parents "$file" {{root}}; done
            cp {{Lab.Supervisor}} {{root}}
            exec chroot {{root}} /bti-supervise --interface ovpn -- /bti-supervise
            """;

        Assert.Contains("mount -t proc", Refusal(Lab.Run(Who.Root, "bash", "-c", script)), StringComparison.Ordinal);
    }

    private Result Limited(Who who, string limit) =>
        Lab.Run(who, "bash", "-c", $"ulimit {limit}; exec {Lab.Supervisor} --interface ovpn -- echo started");

    private static string Refusal(Result result)
    {
        Assert.Equal("", result.ExitsWith(125).Output);
        return Assert.Single(result.ErrorLines);
    }
}
