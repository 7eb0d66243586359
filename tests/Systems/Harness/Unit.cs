using System.Globalization;

namespace BindToInterface.Systems;

/// <summary>A unit of the booted machine, stopped and forgotten at the end of its test.</summary>
internal sealed class Unit(Machine machine, string name) : IDisposable
{
    private readonly List<string> files = [];

    /// <summary>A unit that runs COMMAND by bti@.service, with these further lines in its environment file.</summary>
    public static Unit Bti(Machine machine, string instance, string command, params string[] environment)
    {
        var unit = new Unit(machine, $"bti@{instance}.service");
        unit.File($"/etc/bind-to-interface/{instance}.env", string.Join('\n', [.. environment, $"COMMAND={command}", ""]));
        return unit;
    }

    /// <summary>The same bound to ovpn.</summary>
    public static Unit Bound(Machine machine, string instance, string command) =>
        Bti(machine, instance, command, "BIND_INTERFACE=ovpn");

    public string Name => name;

    /// <summary>A property, as `systemctl show` names it.</summary>
    public string this[string property] => machine.Run("systemctl", "show", "--value", "-p", property, name).Succeeds().Output.Trim();

    public int MainPid => int.Parse(this["MainPID"], CultureInfo.InvariantCulture);

    /// <summary>What the service and its manager wrote, since the machine booted.</summary>
    public string Journal => ReadJournal("--unit", name);

    /// <summary>What processes of the service wrote.</summary>
    public string Output => ReadJournal($"_SYSTEMD_UNIT={name}", "_TRANSPORT=stdout");

    /// <summary>The processes of its control group, as the machine numbers them.</summary>
    public string[] Processes =>
        machine.Run("sh", "-c", $"cat /sys/fs/cgroup/systemd{this["ControlGroup"]}/cgroup.procs || cat /sys/fs/cgroup{this["ControlGroup"]}/cgroup.procs").OutputLines;

    /// <summary>The program's process: the child of the main process.</summary>
    public int Program => int.Parse(machine.Run("pgrep", "--oldest", "--parent", this["MainPID"]).Succeeds().Output, CultureInfo.InvariantCulture);

    public Unit File(string path, string text)
    {
        machine.Write(path, text);
        files.Add(path);
        return this;
    }

    /// <summary>Adds lines as an administrator's drop-in would.</summary>
    public Unit DropIn(string lines) => File($"/run/systemd/system/{name}.d/test.conf", lines + "\n");

    public Unit DropInFrom(string repositoryPath) => DropIn(System.IO.File.ReadAllText(Repository.At(repositoryPath)));

    public Unit Start()
    {
        Do("start");
        return this;
    }

    public Result TryStart()
    {
        ReadUnitFiles();
        return machine.Run("systemctl", "start", name);
    }

    public void Do(string verb, params string[] options)
    {
        if (verb == "start")
        {
            ReadUnitFiles();
        }

        machine.Run(["systemctl", verb, .. options, name]).Succeeds();
    }

    public Unit WaitUntil(string property, string value)
    {
        Wait.Until(() => this[property] == value, () => $"{name} never had {property}={value} but {this[property]}:\n{Journal}");
        return this;
    }

    public Unit WaitForOutput(string text)
    {
        Wait.Until(() => Output.Contains(text, StringComparison.Ordinal), () => $"{name} never wrote '{text}':\n{Journal}");
        return this;
    }

    public void Dispose()
    {
        machine.Run("systemctl", "stop", name);
        machine.Run("systemctl", "reset-failed", name);
        files.ForEach(machine.Delete);
    }

    private void ReadUnitFiles() => machine.Run("systemctl", "daemon-reload").Succeeds();

    private string ReadJournal(params string[] filter)
    {
        machine.Run("journalctl", "--sync").Succeeds();
        return machine.Run(["journalctl", "--quiet", "--no-pager", "--boot", "--output=cat", .. filter]).Succeeds().Output;
    }
}
