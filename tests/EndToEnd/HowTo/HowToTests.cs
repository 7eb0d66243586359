namespace BindToInterface.EndToEnd;

/// <summary>
/// The pages of docs/howto, typed as they are printed, in a lab of their own. What a page can only take as an example (names, addresses,
/// interfaces, places of files) is replaced by what is there.
/// </summary>
public sealed class HowToTests : IDisposable
{
    private readonly Lab lab = new();
    private readonly Scratch home = new();
    private readonly List<Running> background = [];

    /// <summary>What is there for the interface of the pages.</summary>
    private string vpn = "ovpn";

    public void Dispose()
    {
        background.ForEach(each => each.Dispose());
        home.Dispose();
        lab.Dispose();
    }

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Repository.At("docs/howto"), "*.md").Select(Path.GetFileName).OfType<string>().Where(page => page != "README.md")];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_page_is_in_the_list_and_has_a_test(string page)
    {
        Assert.Contains($"]({page})", File.ReadAllText(Repository.At("docs/howto/README.md")), StringComparison.Ordinal);
        Assert.Contains($"\"{page}\"", File.ReadAllText(Repository.At("tests/EndToEnd/HowTo/HowToTests.cs")) + File.ReadAllText(Repository.At("tests/Systems/Containers/PodmanTests.cs")), StringComparison.Ordinal);
    }

    [RootFact]
    public void Vpn()
    {
        // A provider: a server behind lan0 that wants to be everybody's default route. OpenVPN sends nothing to its server's own address
        // through the tunnel, so that is another one than the web server's.
        lab.Run(Who.Root, "bash", "-ec", $$"""
            cd {{home.Folder}}
            for name in server client; do
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=$name -keyout $name.key -out $name.crt 2>/dev/null
            done
            fingerprint() { openssl x509 -in $1.crt -noout -sha256 -fingerprint | cut -d = -f 2; }
            cat >provider.ovpn <<END
            client
            dev tun
            proto udp
            remote {{Internet.OtherWeb4}} 1194
            nobind
            cert {{home.Folder}}/client.crt
            key {{home.Folder}}/client.key
            peer-fingerprint $(fingerprint server)
            END
            cat >server.conf <<END
            dev tun9
            dev-type tun
            proto udp
            local {{Internet.OtherWeb4}}
            port 1194
            server 10.9.0.0 255.255.255.0
            topology subnet
            push "redirect-gateway def1"
            cert {{home.Folder}}/server.crt
            key {{home.Folder}}/server.key
            dh none
            peer-fingerprint $(fingerprint client)
            END
            """).Succeeds();
        background.Add(lab.Start(Who.Root, ["nsenter", "--net=/run/netns/lan0", "openvpn", "--config", home.File("server.conf")]));
        background[^1].WaitForOutput("Initialization Sequence Completed");

        vpn = "vpn0";
        // In the foreground, so that it ends with the test.
        var steps = Type("vpn.md", text => text.Replace("/etc/openvpn/client", home.Folder, StringComparison.Ordinal).Replace(" --daemon", " &", StringComparison.Ordinal));

        Assert.Contains("10.9.0.2/24", steps[0].Output, StringComparison.Ordinal);
        Assert.Equal("lan0 192.168.77.2\n", steps[1].Output);
        Assert.Equal("lan0 10.9.0.2\n", steps[2].Output);
    }

    [LabFact]
    public void A_second_network_card()
    {
        lab.Run(Who.Root, "ip", "route", "del", "default", "dev", "ovpn").Succeeds();

        var steps = Type("second-nic.md", text => text.Replace("192.0.2.1", "10.8.0.1", StringComparison.Ordinal).Replace("192.0.2.2", "10.8.0.3", StringComparison.Ordinal));

        Assert.Equal("ovpn 10.8.0.2\n", steps[1].Output);
        Assert.Equal("ovpn 10.8.0.3\n", steps[^1].Output);
        lab.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void A_torrent_client()
    {
        // It has no answer of a tracker here. What counts is which way it asks.
        var steps = Type("torrent.md");

        Assert.Contains("success", steps[0].Output, StringComparison.Ordinal);
        Assert.Contains("0123456789abcdef0123456789abcdef01234567", steps[1].Output, StringComparison.Ordinal);
        Wait.Until(() => lab.Packets(Side.Ovpn) > 20, () => "the client sends nothing");
        lab.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void A_proxy_for_each_VPN()
    {
        var steps = Type("socks-proxy.md");

        Assert.StartsWith("ovpn ", steps[0].Output, StringComparison.Ordinal);
        Assert.StartsWith("lan0 ", steps[1].Output, StringComparison.Ordinal);
    }

    [RootFact]
    public void Ssh()
    {
        // The command is what the server of the lab answers with, whatever it is asked for: the name of its side.
        using var server = new WaysSshServer(lab);
        lab.Run(Who.Root, "sh", "-c", "useradd -M user 2>/dev/null; true");
        var options = $"-i {server.Folder}/user -p 2222 -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";

        var steps = Type("ssh.md", text => text.Replace("ssh -o", $"ssh -F none {options} -o", StringComparison.Ordinal).Replace("ssh -F ~", $"ssh {options} -F ~", StringComparison.Ordinal)
            .Replace("user@server.example", "root@server.example", StringComparison.Ordinal));

        Assert.All(steps, step => Assert.Equal("ovpn\n", step.Output));
        Assert.Equal(3, steps.Count);
        lab.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void A_browser()
    {
        // A window needs a screen: the first of the two is run headless, too, for as long as it takes to load the page.
        var steps = Type("browser.md", text => text.Contains("--dump-dom", StringComparison.Ordinal) ? text : text.Replace("chromium ", "chromium --headless --dump-dom ", StringComparison.Ordinal));

        Assert.All(steps, step => Assert.Contains("ovpn ", step.Output, StringComparison.Ordinal));
        Assert.Equal(2, steps.Count);
        lab.NothingLeftBy(Side.Lan0);
    }

    [LabFact]
    public void A_Raspberry_Pi()
    {
        // Here the executable is this machine's: tests/kernels runs that for arm64. The Pi's own address is that of lan0.
        var steps = Type("raspberry-pi.md", text => text.Replace("artifacts/arm64/bti-supervise /usr/local/bin/bti-supervise", $"{Lab.Supervisor} {home.Folder}/installed", StringComparison.Ordinal)
            .Replace("192.168.1.5", "192.168.77.2", StringComparison.Ordinal));

        Assert.StartsWith("bti-supervise ", steps[2].Output, StringComparison.Ordinal);
        Assert.True(File.Exists(home.File("installed")));
        Assert.StartsWith("ovpn ", steps[3].Output, StringComparison.Ordinal);
        lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>Types the steps of a page, and returns what the commands printed, but for those that stay in the background.</summary>
    private List<Result> Type(string page, Func<string, string>? examples = null)
    {
        List<Result> results = [];
        lab.Reset();
        foreach (var step in HowToStep.Of(page))
        {
            var text = InLab(examples?.Invoke(step.Text) ?? step.Text);
            if (step.Path is { } path)
            {
                lab.Run(Who.Root, ["sh", "-ec", "mkdir -p \"$(dirname \"$1\")\"; printf %s \"$2\" >\"$1\"; chmod 644 \"$1\"", "sh", InLab(examples?.Invoke(path) ?? path), text]).Succeeds();
            }
            else if (text.EndsWith(" &", StringComparison.Ordinal))
            {
                background.Add(lab.Start(step.Who, Shell($"exec {text[..^2]}")));
            }
            else
            {
                // What stays in the background may take a moment until it can be used, and a person would type the command again.
                Result? last = null;
                Wait.Until(() => (last = lab.Run(step.Who, Shell(text))).ExitCode == 0, () => $"{page}: {last}\n{string.Join('\n', background)}");
                results.Add(last!);
            }
        }

        return results;
    }

    private string[] Shell(string command) =>
        ["env", $"HOME={home.Folder}", "PATH=/run/lab:/usr/sbin:/usr/bin:/sbin:/bin", "bash", "-c", command];

    private string InLab(string text) => text
        .Replace("wwan0", "ovpn", StringComparison.Ordinal)
        .Replace("vpn0", vpn, StringComparison.Ordinal)
        .Replace("vpn1", "lan0", StringComparison.Ordinal)
        .Replace("~/", $"{home.Folder}/", StringComparison.Ordinal)
        .Replace("/tmp/downloads", home.File("downloads"), StringComparison.Ordinal)
        .Replace("ifconfig.example", "web4.test", StringComparison.Ordinal)
        .Replace("tracker.example", "web4.test", StringComparison.Ordinal)
        .Replace("files.example", "web4.test", StringComparison.Ordinal)
        .Replace("server.example", Internet.Web4, StringComparison.Ordinal);
}
