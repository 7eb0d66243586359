namespace BindToInterface.EndToEnd;

/// <summary>Connects to the Unix sockets of programs that are not supervised.</summary>
[Collection(TraceCollection.Name)]
public sealed class TraceUnixTests(Lab lab) : LabTest(lab)
{
    /// <summary>A server that answers each connection with a word, and then ends with its standard input.</summary>
    private const string Server = """
        import os, socket, sys, threading
        server = socket.socket(socket.AF_UNIX)
        server.bind(sys.argv[1])
        os.chmod(sys.argv[1], 0o777)
        server.listen()
        print("listening", flush=True)
        def serve():
            while True:
                connection = server.accept()[0]
                connection.sendall(b"served\n")
                connection.close()
        threading.Thread(target=serve, daemon=True).start()
        sys.stdin.read()
        """;

    [LabTheory]
    [Everyone]
    public void A_connect_to_a_program_that_is_not_supervised_is_told_with_that_program(Who who)
    {
        using var scratch = new Scratch();
        string path = scratch.File("socket");
        using var server = Lab.Start(who, ["/usr/bin/python3", "-c", Server, path]);
        server.WaitForOutput("listening");

        var lines = Traces.Json(Lab, who, "--interface ovpn --summary", out Result result, Programs.C("observed"), "stream", path);

        result.Says("connect ok\nserved\n");
        var line = Assert.Single(lines, line => line.Text("path") == path);
        Assert.Equal("unsupervised", line.Text("verdict"));
        Assert.Equal("connect", line.Text("call"));
        Assert.Contains(line.Text("peerProgram"), (string?[])["python3", null]);
        Assert.Contains(result.ErrorLines, each => each.StartsWith($"observed  {path}", StringComparison.Ordinal) && each.EndsWith("1 to a program that is not supervised", StringComparison.Ordinal));
        Assert.Equal("0 connections left by another interface: 0 bound, 0 excluded, 0 refused", result.ErrorLines[^1]);
    }

    [LabTheory]
    [Everyone]
    public void The_program_at_the_other_end_is_named_while_the_socket_is_open(Who who)
    {
        using var scratch = new Scratch();
        string path = scratch.File("socket");
        using var server = Lab.Start(who, ["/usr/bin/python3", "-c", Server, path]);
        server.WaitForOutput("listening");
        string trace = scratch.File("trace");

        using var client = Lab.Start(who, Lab.Supervise($"--interface ovpn --trace={trace}", "/usr/bin/python3", "-c", $"import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect('{path}'); print('there', flush=True); sys.stdin.read()"));
        client.WaitForOutput("there");
        Wait.Until(() => File.Exists(trace) && File.ReadAllText(trace).Contains("which is not supervised", StringComparison.Ordinal), () => $"not told: {client}");

        Assert.Contains($"{path} unsupervised - connected to python3[", File.ReadAllText(trace), StringComparison.Ordinal);
        client.Finish().Succeeds();
    }

    [LabTheory]
    [Everyone]
    public void A_connect_among_supervised_programs_and_one_to_nobody_are_not_told(Who who)
    {
        using var scratch = new Scratch();
        string path = scratch.File("socket");
        const string Both = """
            import socket, sys
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            client = socket.socket(socket.AF_UNIX)
            client.connect(sys.argv[1])
            print("connected")
            other = socket.socket(socket.AF_UNIX)
            try:
                other.connect(sys.argv[1] + "-nobody")
            except OSError:
                print("nobody")
            """;

        var lines = Traces.Json(Lab, who, "--interface ovpn", out Result result, "/usr/bin/python3", "-c", Both, path);

        result.Says("connected\nnobody\n");
        Assert.DoesNotContain(lines, line => line.Text("path")?.StartsWith(path, StringComparison.Ordinal) == true);
    }
}
