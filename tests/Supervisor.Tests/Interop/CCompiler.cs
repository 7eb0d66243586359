using System.ComponentModel;
using System.Diagnostics;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>Has gcc check C source against this machine's headers.</summary>
internal static class CCompiler
{
    /// <summary>Null where the source is right, else what the compiler says.</summary>
    public static string? Check(string source, string flags = "")
    {
        var start = new ProcessStartInfo("gcc", $"-std=gnu11 -fsyntax-only {flags} -x c -")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process gcc = Process.Start(start)!;
            // A missing header ends it before it has read everything.
            Task writing = gcc.StandardInput.WriteAsync(source).ContinueWith(_ => gcc.StandardInput.Dispose(), TaskScheduler.Default);
            string said = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            return gcc.ExitCode == 0 ? null : said;
        }
        catch (Win32Exception exception)
        {
            return $"gcc: {exception.Message}";
        }
    }

    public static void Accepts(string source, string flags = "")
    {
        string? said = Check(source, flags);
        Assert.True(said is null, $"{said}\nin\n{source}");
    }
}
