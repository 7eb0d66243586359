namespace BindToInterface.EndToEnd;

/// <summary>The demo shows what it says, to root and to an ordinary user, and leaves nothing behind.</summary>
[Collection(Collections.Parent)]
public sealed class DemoTests : IDisposable
{
    private const int Kill = 9;

    private readonly Scratch copy = new();
    private readonly string mark = $"BTI_DEMO_TEST={Guid.NewGuid()}";

    /// <summary>A copy of what the demo needs, because an ordinary user may not be able to look into the repository.</summary>
    public DemoTests()
    {
        Prerequisites.Demand();
        foreach (var folder in (string[])["tests/lab", "tests/programs", "tests/LabServer/bin/Release/net10.0"])
        {
            var target = Directory.CreateDirectory(copy.File(folder)).FullName;
            foreach (var file in Directory.GetFiles(Repository.At(folder)))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            }
        }

        File.Copy(Repository.Supervisor, copy.File("bti-supervise"));
    }

    public void Dispose() => copy.Dispose();

    [LabTheory]
    [Everyone]
    public void The_demo_shows_that_nothing_leaks(Who who)
    {
        using var demo = Start(who);

        var shown = demo.Finish().Succeeds().OutputLines;

        Assert.Equal("Packets through the wrong uplink: 0", shown[^1]);
        Assert.Equal(14, shown.Count(line => line is "  packets through lan0: 0" or "  packets through ovpn: 0"));
        Assert.Equal(2, shown.Count(line => line.StartsWith("10.2.53.54", StringComparison.Ordinal) && line.EndsWith("side.test", StringComparison.Ordinal)));
        Wait.Until(() => !AnythingLeft(), () => "the demo left processes behind");
    }

    [LabTheory]
    [Everyone]
    public void A_demo_that_is_killed_leaves_nothing_behind(Who who)
    {
        using var demo = Start(who);
        demo.WaitForOutput("bti-supervise");
        Assert.True(AnythingLeft());

        demo.Signal(Kill);

        Wait.Until(() => !AnythingLeft(), () => "the demo left processes behind");
    }

    private Running Start(Who who)
    {
        string[] user = who == Who.User && Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
            : [];
        return new([.. user, "env", mark, $"BTI_SUPERVISE={copy.File("bti-supervise")}", copy.File("tests/lab/demo.sh")], null);
    }

    private bool AnythingLeft() => Directory.GetDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText($"{process}/environ").Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
