namespace BindToInterface.Systems;

/// <summary>The first steps of docs/systemd.md, word for word, on a machine where `make install` was run and nothing else.</summary>
public sealed class FirstStepsTests(Machine machine) : SystemdTest(machine)
{
    private const string Settings = "/etc/bind-to-interface";
    private const string Heading = "## A command of your own: bti@.service";

    [SystemsFact]
    public void Make_install_has_made_the_folder_of_the_settings_and_put_the_units_where_systemd_looks()
    {
        Assert.Equal("root:root 755 directory\n", Machine.Run("stat", "--format=%U:%G %a %F", Settings).Succeeds().Output);
        Assert.Equal("/usr/local/lib/systemd/system/bti@.service\n", Machine.Run("systemctl", "show", "--value", "-p", "FragmentPath", "bti@fetch.service").Succeeds().Output);
    }

    [SystemsFact]
    public void A_command_of_ones_own_runs_bound()
    {
        var (file, commands) = Steps();
        // What the document can only take as examples.
        var settings = file.Lines
            .Select(line => line.StartsWith("DNS_OVERRIDE_IP=", StringComparison.Ordinal) ? $"DNS_OVERRIDE_IP={Internet.Override4}" : line)
            .Select(line => line.Replace("http://news.example/", "http://web.test/", StringComparison.Ordinal));
        using var unit = new Unit(Machine, "bti@fetch.service");
        try
        {
            WriteByShell(file.Path, settings);
            foreach (var command in commands)
            {
                Machine.Run("sh", "-c", command).Succeeds();
            }

            unit.WaitUntil("ActiveState", "inactive");

            Assert.Equal("success", unit["Result"]);
            Assert.Contains(
                Machine.Run("cat", "/var/lib/bind-to-interface/fetch/news.html").Succeeds().Output,
                (string[])[$"{Side.Ovpn} {Side.Ovpn.Address4}\n", $"{Side.Ovpn} {Side.Ovpn.Address6}\n"]);
            Machine.Lab.NothingLeftBy(Side.Lan0);
        }
        finally
        {
            unit.Do("disable");
            Machine.Delete(file.Path);
        }
    }

    [SystemsTheory]
    [InlineData("BIND_EXCLUDE", "192.168.0.", "192.168.0.0/33", "125")]
    [InlineData("COMMAND", "/usr/bin/curl", "/usr/bin/curll", "127")]
    public void With_a_mistake_in_the_file_the_last_step_fails(string key, string right, string wrong, string status)
    {
        var (file, commands) = Steps();
        var settings = file.Lines.Select(line => line.StartsWith($"{key}=", StringComparison.Ordinal) ? line.Replace(right, wrong, StringComparison.Ordinal) : line).ToArray();
        Assert.Contains(settings, line => line.Contains(wrong, StringComparison.Ordinal));
        using var unit = new Unit(Machine, "bti@fetch.service");
        try
        {
            WriteByShell(file.Path, settings);
            Assert.All(commands[..^1], command => Machine.Run("sh", "-c", command).Succeeds());

            Assert.NotEqual(0, Machine.Run("sh", "-c", commands[^1]).ExitCode);

            Assert.Equal("failed", unit["ActiveState"]);
            Assert.Equal(status, unit["ExecMainStatus"]);
            Assert.Contains(wrong, unit.Journal, StringComparison.Ordinal);
        }
        finally
        {
            unit.Do("disable");
            Machine.Delete(file.Path);
        }
    }

    /// <summary>By the machine's own shell: the folder has to be there.</summary>
    private void WriteByShell(string path, IEnumerable<string> lines) =>
        Machine.Run(["sh", "-c", $"printf '%s\\n' \"$@\" >{path}", "sh", .. lines]).Succeeds();

    /// <summary>The indented block below the heading: a file, whose first line is a comment that names it, and commands.</summary>
    private static ((string Path, string[] Lines) File, string[] Commands) Steps()
    {
        var text = File.ReadAllLines(Repository.At("docs/systemd.md"));
        var block = text.SkipWhile(line => line != Heading).Skip(1)
            .SkipWhile(line => !line.StartsWith("    ", StringComparison.Ordinal))
            .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Trim()).ToArray();
        Assert.NotEmpty(block);
        var path = block[0].TrimStart('#', ' ');
        Assert.StartsWith(Settings + "/", path, StringComparison.Ordinal);
        var lines = block.Skip(1).TakeWhile(line => line.Length > 0).ToArray();
        var commands = block.Skip(1 + lines.Length).Where(line => line.Length > 0).ToArray();
        Assert.Contains("systemctl daemon-reload", commands);
        Assert.Contains("bti@fetch", commands[^1], StringComparison.Ordinal);
        return ((path, lines), commands);
    }
}
