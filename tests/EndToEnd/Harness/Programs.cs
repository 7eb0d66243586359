using System.Diagnostics;

namespace BindToInterface.EndToEnd;

/// <summary>
/// The test programs of tests/programs, compiled when first asked for and kept in artifacts/test-programs.
/// Each method answers the path at which the lab sees the program.
/// </summary>
public static class Programs
{
    private static readonly Lock Compiling = new();

    public static string C(string name) => InLab(OnHost(name));

    /// <summary>Statically linked against musl.</summary>
    public static string Musl(string name) => InLab(Compile($"{name}.musl", $"{name}.c", "musl-gcc", "-static", "-pthread"));

    /// <summary>A 32-bit program, which enters the kernel by another door.</summary>
    public static string C32(string name) => InLab(Compile($"{name}.32", $"{name}.c", "gcc", "-m32", "-pthread"));

    /// <summary>A Go program: static, without libc.</summary>
    public static string Go(string name) => InLab(Compile($"{name}.go", $"{name}.go", "go", "build"));

    internal static string OnHost(string name) => Compile(name, $"{name}.c", "gcc", "-pthread");

    private static string InLab(string compiled) => $"/run/lab/programs/{Path.GetFileName(compiled)}";

    private static string Compile(string name, string sourceName, string compiler, params string[] flags)
    {
        var source = Repository.At($"tests/programs/{sourceName}");
        var program = Repository.At($"artifacts/test-programs/{name}");
        lock (Compiling)
        {
            if (File.GetLastWriteTimeUtc(program) <= File.GetLastWriteTimeUtc(source))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(program)!);
                var fresh = $"{program}.{Environment.ProcessId}";
                string[] warnings = compiler == "go" ? [] : ["-O1", "-Wall", "-Wextra", "-Werror"];
                Run(compiler, [.. flags, .. warnings, "-o", fresh, source]);
                File.Move(fresh, program, overwrite: true);
            }
        }

        return program;
    }

    private static void Run(string compiler, string[] arguments)
    {
        var start = new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true };
        start.Environment["CGO_ENABLED"] = "0";
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Repository.At("artifacts/go-cache");
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{compiler} {string.Join(' ', arguments)}\n{complaints}");
    }
}
