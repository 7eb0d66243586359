using System.Diagnostics;

namespace BindToInterface.Systems;

/// <summary>Commands outside any lab.</summary>
internal static class Host
{
    /// <summary>Enough for downloading and unpacking a Debian.</summary>
    private static readonly TimeSpan Bootstrapping = TimeSpan.FromMinutes(5);

    private static readonly Lock Compiling = new();

    /// <summary>The folder of a Debian that is never written to.</summary>
    public static string DebianRoot { get; } = Bootstrap();

    public static Result Run(params string[] words)
    {
        using var running = new Running(words, null);
        return running.Finish().Succeeds();
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

    private static string Bootstrap()
    {
        using var script = Process.Start(new ProcessStartInfo(Repository.At("tests/Systems/debian-root.sh")) { RedirectStandardOutput = true })!;
        var folder = script.StandardOutput.ReadLineAsync();
        Assert.True(script.WaitForExit(Bootstrapping) && script.ExitCode == 0, "no Debian to boot: see above");
        return folder.Result!;
    }
}
