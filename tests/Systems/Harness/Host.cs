using System.Diagnostics;

namespace BindToInterface.Systems;

/// <summary>Commands outside any lab.</summary>
internal static class Host
{
    /// <summary>Enough for downloading and unpacking a Debian.</summary>
    private static readonly TimeSpan Bootstrapping = TimeSpan.FromMinutes(5);

    /// <summary>Enough for three native builds.</summary>
    private static readonly TimeSpan Building = TimeSpan.FromMinutes(20);

    private static readonly Lock Compiling = new();

    /// <summary>The folder of a Debian that is never written to.</summary>
    public static string DebianRoot { get; } = Bootstrap();

    /// <summary>That of a bare one of a release.</summary>
    public static string BareDebianRoot(string release) => Bootstrap(release);

    public static Result Run(params string[] words)
    {
        using var running = new Running(words, null);
        return running.Finish().Succeeds();
    }

    /// <summary>Runs make with these words in a folder, whatever time a native build takes on a busy machine.</summary>
    public static void Make(string folder, params string[] words)
    {
        // Nothing that a build may not depend on is as it usually is.
        using var make = Process.Start(new ProcessStartInfo("sh", ["-c", "umask 077; exec make \"$@\" 2>&1", "make", .. words])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["TZ"] = "Asia/Kathmandu", ["LC_ALL"] = "C" },
        })!;
        var output = make.StandardOutput.ReadToEndAsync();
        Assert.True(make.WaitForExit(Building), $"make {string.Join(' ', words)} did not end in {folder}");
        Assert.True(make.ExitCode == 0, output.Result);
    }

    /// <summary>A program of tests/Systems/programs, compiled when first asked for.</summary>
    public static string Compile(string name, params string[] flags)
    {
        var source = Repository.At($"tests/Systems/programs/{name}.c");
        var program = Repository.At($"artifacts/test-programs/systems-{name}");
        lock (Compiling)
        {
            if (File.GetLastWriteTimeUtc(program) <= File.GetLastWriteTimeUtc(source))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(program)!);
                Run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, .. flags]);
            }
        }

        return program;
    }

    private static string Bootstrap(params string[] release)
    {
        using var script = Process.Start(new ProcessStartInfo(Repository.At("tests/Systems/debian-root.sh"), release) { RedirectStandardOutput = true })!;
        var folder = script.StandardOutput.ReadLineAsync();
        Assert.True(script.WaitForExit(Bootstrapping) && script.ExitCode == 0, "no Debian to boot: see above");
        return folder.Result!;
    }
}
