using System.Globalization;
using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>--status: which supervisors run, and what they have decided.</summary>
[Collection(StatusCollection.Name)]
public sealed class StatusTests : LabTest, IDisposable
{
    private const int SigKill = 9;

    private readonly Supervisors supervisors;

    public StatusTests(Lab lab)
        : base(lab) => supervisors = new Supervisors(lab);

    public void Dispose() => supervisors.Dispose();

    [LabTheory]
    [Everyone]
    public void Each_decision_is_counted_once_by_its_verdict(Who who)
    {
        Running shell = supervisors.Start(who, $"--interface ovpn --dns {Internet.Override4} --exclude 192.168.77.0/24");

        Supervisors.Tell(shell, $"for i in 1 2 3; do echo >/dev/udp/{Internet.Web4}/7; done");
        Supervisors.Tell(shell, "echo >/dev/udp/192.168.77.9/7");
        Supervisors.Tell(shell, "echo >/dev/udp/127.0.0.1/7");
        Supervisors.Tell(shell, "echo >/dev/udp/8.8.8.8/53");

        JsonElement status = supervisors.Find(who, shell.Pid);
        Assert.Equal("bound 4 excluded 1 refused 1 redirected 1", Supervisors.Counts(status));
        Assert.Equal(("bash", "ovpn", "up"), (status.GetProperty("program").GetString(), status.GetProperty("interface").GetString(), status.GetProperty("state").GetString()));
        Assert.InRange(status.GetProperty("since").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow);
    }

    [LabTheory]
    [Everyone(Internet.Web4, "", "bound 40")]
    [Everyone(Internet.Web4, "--exclude 192.168.77.0/24", "bound 40")]
    [Everyone(Internet.LanPeer4, "--exclude 192.168.77.0/24", "excluded 40")]
    [Everyone("127.0.0.1", "", "refused 1")] // The call fails with the first of them.
    public void Each_message_of_a_vector_is_counted_once(Who who, string address, string options, string counts)
    {
        Running shell = supervisors.Start(who, $"--interface ovpn {options}");

        Supervisors.Tell(shell, $"{Programs.C("vector")} {address} 7 40");

        Assert.Equal(counts, Supervisors.Counts(supervisors.Find(who, shell.Pid)));
    }

    [LabTheory]
    [Everyone]
    public void Without_an_interface_what_passes_is_counted(Who who)
    {
        Running shell = supervisors.Start(who, $"--dns {Internet.Override4}");

        Supervisors.Tell(shell, $"echo >/dev/udp/{Internet.Web4}/7; echo >/dev/udp/8.8.8.8/53");

        JsonElement status = supervisors.Find(who, shell.Pid);
        Assert.Equal("passed 2 redirected 1", Supervisors.Counts(status));
        Assert.Equal(JsonValueKind.Null, status.GetProperty("state").ValueKind);
    }

    [LabTheory]
    [Everyone]
    public void A_refused_resolver_daemon_is_counted(Who who)
    {
        Running shell = supervisors.Start(who, "--interface ovpn");
        Lab.Run(Who.Root, "sh", "-c", """
            mkdir -p /run/systemd/resolve && /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/systemd/resolve/io.systemd.Resolve")'
            """).Succeeds();

        Supervisors.Tell(shell, "python3 -c 'import socket; print(socket.socket(socket.AF_UNIX).connect_ex(\"/run/systemd/resolve/io.systemd.Resolve\"))'");

        Lab.Run(Who.Root, "rm", "-r", "/run/systemd").Succeeds();
        Assert.Equal("refused 1", Supervisors.Counts(supervisors.Find(who, shell.Pid)));
    }

    [LabTheory]
    [Everyone]
    public void Several_supervisors_are_a_line_each_and_each_process_leads_to_its_own(Who who)
    {
        Running first = supervisors.Start(who, "--interface ovpn");
        Running second = supervisors.Start(who, "--interface lan0");
        Supervisors.Tell(second, "sleep 1000 & echo child $! end");
        second.WaitForOutput(" end");
        string child = second.Output.Split("child ")[1].Split(' ')[0];

        Result all = supervisors.Ask(who, "--status").Succeeds();
        Assert.Empty(all.ErrorLines);
        Assert.Equal(
            [$"{first.Pid} bash ovpn up", $"{second.Pid} bash lan0 up"],
            all.OutputLines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(words => who == Who.Root ? $"{words[0]} {words[2]} {words[3]} {words[4]}" : $"{words[0]} {words[1]} {words[2]} {words[3]}")
                .OrderBy(line => line.Contains("lan0", StringComparison.Ordinal)));

        int program = supervisors.Find(who, second.Pid).GetProperty("programPid").GetInt32();
        foreach (string process in (string[])[second.Pid.ToString(CultureInfo.InvariantCulture), program.ToString(CultureInfo.InvariantCulture), child])
        {
            Assert.Contains("interface   lan0, up\n", supervisors.Ask(who, $"--status {process}").Succeeds().Output, StringComparison.Ordinal);
            Assert.Equal(second.Pid, JsonDocument.Parse(supervisors.Ask(who, $"--status={process} --format json").Succeeds().Output).RootElement.GetProperty("pid").GetInt32());
        }

        Assert.Equal(
            "bti-supervise: process 1 is not a supervisor or supervised, or it belongs to another user",
            Assert.Single(supervisors.Ask(who, "--status 1").ExitsWith(1).ErrorLines));
    }

    [LabTheory]
    [Everyone]
    public void Where_none_runs_that_is_said_and_the_status_is_1(Who who)
    {
        Result none = supervisors.Ask(who, "--status").ExitsWith(1);
        Assert.Equal(("", 1), (none.Output, none.ErrorLines.Length));
        Assert.Equal("[]\n", supervisors.Ask(who, "--status --format json").ExitsWith(1).Output);
    }

    [LabTheory]
    [Everyone]
    public void A_killed_supervisor_is_gone_from_the_list_and_its_socket_as_well(Who who)
    {
        Running killed = supervisors.Start(who, "--interface ovpn");
        Running other = supervisors.Start(who, "--interface ovpn");
        killed.Signal(SigKill);
        killed.WaitForEnd(outlived: true);

        Assert.Equal([other.Pid], supervisors.All(who).Select(each => each.GetProperty("pid").GetInt32()));
        Assert.Equal($"{other.Pid}.sock\n", Files(who));

        Supervisors.Tell(other, "true");
        other.Finish().Succeeds();
        Assert.Equal("", Files(who));
    }

    [LabTheory]
    [Everyone]
    public void The_state_of_the_interface_is_that_of_the_moment(Who who)
    {
        using var own = new Lab();
        using var there = new Supervisors(own);
        Running shell = there.Start(who, "--interface ovpn");
        void Expect(string state) => Wait.Until(
            () => there.Find(who, shell.Pid).GetProperty("state").GetString() == state, () => $"it is never {state}: {there.Ask(who, "--status")}");

        Expect("up");
        own.Run(Who.Root, "ip", "link", "set", "ovpn", "down").Succeeds();
        Expect("down");
        own.Run(Who.Root, "ip", "link", "set", "ovpn", "up").Succeeds();
        own.Run(Who.Root, "ip", "address", "flush", "dev", "ovpn").Succeeds();
        Expect("no address");
        own.Unplug();
        Expect("absent");
        Supervisors.Tell(shell, $"echo >/dev/udp/{Internet.Web4}/7");
        Assert.Equal("refused 1", Supervisors.Counts(there.Find(who, shell.Pid)));
        own.Plug();
        Expect("up");
    }

    [LabTheory]
    [Everyone]
    public void Clients_that_do_not_read_or_send_much_hold_nobody_up(Who who)
    {
        Running shell = supervisors.Start(who, "--interface ovpn");
        string path = $"{Folder(who)}/{shell.Pid}.sock";
        using Running hostile = Lab.Start(
            who,
            ["/usr/bin/python3", "-c", $$"""
                import socket
                held = []
                for i in range(100):
                    s = socket.socket(socket.AF_UNIX)
                    s.connect('{{path}}')
                    try:
                        s.send(b'{"command": "exec"}\n' * 100)
                        s.setblocking(False)
                        while True:
                            s.send(b'x' * 65536)
                    except OSError:
                        pass
                    held.append(s)
                print('held', flush=True)
                input()
                """]);
        hostile.WaitForOutput("held");

        Supervisors.Tell(shell, $"echo >/dev/udp/{Internet.Web4}/7");
        Assert.Equal("bound 1", Supervisors.Counts(supervisors.Find(who, shell.Pid)));
    }

    [LabTheory]
    [Everyone]
    public void Sockets_that_do_not_answer_are_waited_for_a_moment_only_and_a_signal_ends_that(Who who)
    {
        const int SigTerm = 15;
        using var scratch = new Scratch();
        var environment = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = scratch.Folder };
        string folder = who == Who.Root ? "/run/silent/bind-to-interface" : $"{scratch.Folder}/bind-to-interface";
        using Running silent = Lab.Start(
            who,
            ["/usr/bin/python3", "-c", $$"""
                import os, socket
                os.makedirs('{{folder}}', 0o700)
                held = []
                for i in range(30):
                    held.append(socket.socket(socket.AF_UNIX))
                    held[-1].bind(f'{{folder}}/{i + 1}.sock')
                    held[-1].listen(9)
                print('ready', flush=True)
                input()
                """]);
        silent.WaitForOutput("ready");

        using (Running asking = Lab.Start(who, [Lab.Supervisor, "--status"], environment))
        {
            Wait.Until(() => IsWaiting(asking.Pid), () => $"it asks nobody: {asking}");
            asking.Signal(SigTerm);
            asking.Finish().DiesBy(SigTerm);
        }

        // Thirty that are waited for would be thirty seconds: after ten the rest of a folder is left out.
        Lab.Run(who, [Lab.Supervisor, "--status"], environment).ExitsWith(1);
        Lab.Run(who, "rm", "-r", folder).Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void Where_no_socket_can_be_made_the_program_does_not_notice(Who who)
    {
        string readOnly = $"mount -o remount,bind,ro /run && exec {(who == Who.Root ? "" : "setpriv --reuid=65534 --regid=65534 --clear-groups -- ")}\"$@\"";
        string[] Command(string options) => ["unshare", "-m", "sh", "-c", readOnly, "sh", "env", "XDG_RUNTIME_DIR=/nonexistent", .. Lab.Supervise($"{options} --interface ovpn", "bash")];

        using Running quiet = Lab.Start(Who.Root, Command(""));
        using Running loud = Lab.Start(Who.Root, Command("-vv"));
        loud.WaitForError("--status will not show this supervisor");
        foreach (Running shell in (Running[])[quiet, loud])
        {
            Supervisors.Tell(shell, $"read -r answer < <(exec 3<>/dev/tcp/{Internet.Web4}/7; head -1 <&3); echo $answer");
        }

        Assert.Equal("", quiet.Finish().Succeeds().Error);
        Assert.Single(loud.Finish().Succeeds().ErrorLines, line => line.Contains("--status will not show", StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [RootFact]
    public void Root_sees_the_supervisors_of_all_users_and_another_user_none()
    {
        // The folder that systemd makes for a user who logs in.
        Lab.Run(Who.Root, "install", "-d", "-m", "700", "-o", "65534", "-g", "65534", "/run/user/65534").Succeeds();
        var environment = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = "/run/user/65534" };
        using Running users = Lab.Start(Who.User, Lab.Supervise("--interface ovpn", "bash"), environment);
        Running roots = supervisors.Start(Who.Root, "--interface ovpn");
        Wait.Until(() => supervisors.All(Who.Root).Length == 2, () => $"root sees not both: {supervisors.Ask(Who.Root, "--status")}");

        JsonElement[] all = supervisors.All(Who.Root);
        Assert.Equal([(users.Pid, 65534), (roots.Pid, 0)], all.Select(each => (each.GetProperty("pid").GetInt32(), each.GetProperty("uid").GetInt32())).OrderByDescending(each => each.Item2));

        Result own = Lab.Run(Who.User, [Lab.Supervisor, "--status", "--format", "json"], environment).Succeeds();
        Assert.Equal(users.Pid, Assert.Single(JsonDocument.Parse(own.Output).RootElement.EnumerateArray()).GetProperty("pid").GetInt32());

        // The file system keeps a third user out; where it would not, the supervisor does not answer.
        string[] third = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "--"];
        string connect = $"import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect('/run/user/65534/bind-to-interface/{users.Pid}.sock'); print(s.recv(1))";
        Lab.Run(Who.Root, [.. third, Lab.Supervisor, "--status"]).ExitsWith(1);
        Assert.Contains("PermissionError", Lab.Run(Who.Root, [.. third, "/usr/bin/python3", "-c", connect]).ExitsWith(1).Error, StringComparison.Ordinal);
        Assert.Equal("600 700\n", Lab.Run(Who.Root, "sh", "-c", $"cd /run/user/65534/bind-to-interface && echo $(stat -c %a {users.Pid}.sock .)").Output);
        Lab.Run(Who.Root, "sh", "-c", "chmod 755 /run/user/65534 /run/user/65534/bind-to-interface; chmod 666 /run/user/65534/bind-to-interface/*").Succeeds();
        Lab.Run(Who.Root, [.. third, "/usr/bin/python3", "-c", connect]).Says("b''\n");
        Lab.Run(Who.Root, ["/usr/bin/python3", "-c", connect]).Says("b'{'\n");
        users.Finish();
        Lab.Run(Who.Root, "rm", "-r", "/run/user").Succeeds();
    }

    [RootFact]
    public void Root_follows_no_link_of_a_user_and_believes_no_user_who_says_what_runs()
    {
        Lab.Run(Who.Root, "sh", "-c", """
            install -d -m 700 -o 65534 -g 65534 /run/user/65534 /run/user/65533/bind-to-interface /run/elsewhere
            ln -s /run/elsewhere /run/user/65534/bind-to-interface
            """).Succeeds();
        string server = """
            import json, os, select, socket
            fakes = []
            for path in ('/run/elsewhere/1.sock', '/run/user/65533/bind-to-interface/1.sock'):
                fakes.append(socket.socket(socket.AF_UNIX))
                fakes[-1].bind(path)
            os.setuid(65534)
            for fake in fakes:
                fake.listen(9)
            print('ready', flush=True)
            while True:
                readable = select.select(fakes + [0], [], [])[0]
                if 0 in readable:
                    break
                client, _ = readable[0].accept()
                client.sendall(json.dumps({'pid': 1, 'uid': 0, 'program': 'x\x1b[31m'}).encode())
                client.close()
            """;
        using Running fake = Lab.Start(Who.Root, ["/usr/bin/python3", "-c", server]);
        fake.WaitForOutput("ready");

        JsonElement only = Assert.Single(supervisors.All(Who.Root));
        Assert.Equal((65534, fake.Pid), (only.GetProperty("uid").GetInt32(), only.GetProperty("pid").GetInt32()));
        Assert.DoesNotContain('\u001b', supervisors.Ask(Who.Root, "--status").Output);
        fake.Finish();
        Lab.Run(Who.Root, "rm", "-r", "/run/user", "/run/elsewhere").Succeeds();
    }

    /// <summary>Whether a process has a connection to a Unix socket and sleeps.</summary>
    private static bool IsWaiting(int pid) =>
        File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].StartsWith(" S", StringComparison.Ordinal)
        && Directory.GetFileSystemEntries($"/proc/{pid}/fd").Any(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private string Folder(Who who) => who == Who.Root ? "/run/bind-to-interface" : $"{supervisors.RuntimeFolder}/bind-to-interface";

    private string Files(Who who) => Lab.Run(who, "ls", Folder(who)).Succeeds().Output;
}
