using System.Diagnostics;

namespace BindToInterface.EndToEnd;

/// <summary>tests/programs/ways.c and way_*.c: a program with a subcommand per way to send an IP packet.</summary>
internal static class WaysProgram
{
    private static readonly Lazy<string> Bits64 = new(() => Compile("ways", "way*.c"));
    private static readonly Lazy<string> Bits32 = new(() => Compile("ways.32", "way*.c", "-m32"));

    /// <summary>The words of a way, by this door. OPTIONS are the program's own, separated by spaces.</summary>
    public static string[] Words(WaysDoor door, string options, string way, params string[] arguments) =>
        [.. Door(door), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), way, .. arguments];

    private static string[] Door(WaysDoor door) => door switch
    {
        WaysDoor.Native => [Bits64.Value],
        WaysDoor.Int80 => [Bits64.Value, "--entry", "int80"],
        WaysDoor.Int80Socketcall => [Bits64.Value, "--entry", "socketcall"],
        WaysDoor.Program32 => [Bits32.Value],
        WaysDoor.Program32Socketcall => [Bits32.Value, "--entry", "socketcall"],
        WaysDoor.X32 => [Bits64.Value, "--entry", "x32"],
        _ => throw new ArgumentOutOfRangeException(nameof(door)),
    };

    /// <summary>Compiles a program of several files of tests/programs, unless it is newer than all of them.</summary>
    internal static string Compile(string name, string sourcePattern, params string[] flags)
    {
        var folder = Repository.At("artifacts/test-programs");
        var headers = Directory.GetFiles(Repository.At("tests/programs"), "*.h");
        if (headers.Concat(Directory.GetFiles(Repository.At("tests/programs"), sourcePattern)).Max(File.GetLastWriteTimeUtc)
            < File.GetLastWriteTimeUtc(Path.Combine(folder, name)))
        {
            return $"/run/lab/programs/{name}";
        }

        var fresh = Path.Combine(folder, $"{name}.{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        var sources = Directory.GetFiles(Repository.At("tests/programs"), sourcePattern);
        var start = new ProcessStartInfo("gcc", [.. flags, "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", fresh, .. sources])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, complaints);
        File.Move(fresh, Path.Combine(folder, name), overwrite: true);
        return $"/run/lab/programs/{name}";
    }
}
