using System.Text.RegularExpressions;
using System.Xml.Linq;

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

    [LabFact]
    public void The_picture_in_the_README_is_of_this_demo_and_is_made_alike_each_time()
    {
        string shown, picture;
        using (var demo = Start(Who.User))
        {
            shown = demo.Finish().Succeeds().Output;
        }

        File.WriteAllText(copy.File("shown"), shown);
        using (var make = new Running(["sh", "-c", $"{Repository.At("tests/lab/demo-svg.sh")} <{copy.File("shown")}"], null))
        {
            picture = make.Finish().Succeeds().Output;
        }

        // The numbers of ports and packets are of one run.
        static string Text(string svg) => Regex.Replace(
            string.Join('\n', XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)), @"(ovpn 10\.8\.0\.2|through \w+:) \d+", "$1");
        Assert.Contains("$ bti-supervise --interface ovpn talk 198.51.100.1 7", Text(picture), StringComparison.Ordinal);
        Assert.Equal(Text(picture), Text(File.ReadAllText(Repository.At("docs/demo.svg"))));
        Assert.Contains("](docs/demo.svg)", File.ReadAllText(Repository.At("README.md")), StringComparison.Ordinal);
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
