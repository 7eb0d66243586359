namespace BindToInterface.Systems;

/// <summary>
/// A Debian of the tests' own, booted under systemd-nspawn in a lab, with the supervisor and the units of deploy/systemd
/// put there by `make install`, or by a Debian package.
/// </summary>
public sealed class Machine : IDisposable
{
    private readonly Running container;
    private string leader = "";

    public Machine()
        : this([])
    {
    }

    private Machine(string[] package)
    {
        SystemsPrerequisites.Demand();
        Lab = new Lab();
        container = Lab.Start(Who.Root, [Repository.At("tests/Systems/boot.sh"), Host.DebianRoot, .. package], new Dictionary<string, string> { ["BTI_SUPERVISE"] = Repository.Supervisor });
        Wait.Until(IsUp, () => $"not booted: {container}");

        // systemd looked for devices before udev knew of any.
        Run("udevadm", "trigger", "--subsystem-match=net", "--action=add").Succeeds();
        Run("udevadm", "settle").Succeeds();
        Run("systemctl", "daemon-reexec").Succeeds();
    }

    public Lab Lab { get; }

    /// <summary>A machine on which this Debian package was installed.</summary>
    public static Machine WithPackage(string path) => new([path]);

    public void Dispose()
    {
        container.Finish();
        container.Dispose();
        Lab.Dispose();
    }

    /// <summary>Starts a command inside, beside the services.</summary>
    public Running Start(params string[] words) => new(
        ["nsenter", $"--target={leader}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--root", "--wd=/", "--", .. words],
        null);

    public Result Run(params string[] words)
    {
        using var running = Start(words);
        return running.Finish();
    }

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outside(path))!);
        File.WriteAllText(Outside(path), text);
    }

    /// <summary>Copies a file of the repository, or an executable, into the machine.</summary>
    public void Copy(string source, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outside(path))!);
        File.Copy(source, Outside(path), overwrite: true);
    }

    public void Delete(string path) => File.Delete(Outside(path));

    public bool Exists(string path) => File.Exists(Outside(path));

    private bool IsUp()
    {
        // The first child of systemd-nspawn makes the namespaces; the init that it leaves takes its place.
        var children = $"/proc/{container.Pid}/task/{container.Pid}/children";
        if (!File.Exists(children))
        {
            throw new InvalidOperationException($"did not boot: {container}");
        }

        leader = File.ReadAllText(children).Trim();
        return leader.Length > 0 && Run("systemctl", "is-system-running").Output.Trim() is ("running" or "degraded");
    }

    private string Outside(string path) => $"/proc/{leader}/root{path}";
}
