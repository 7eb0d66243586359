using System.Diagnostics;

namespace BindToInterface.Supervisor.Tests.Supervision;

/// <summary>A process that does nothing until it is disposed of.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly Process process;

    /// <param name="before">Words before the command, each of which replaces itself by the next (setpriv, env).</param>
    public OtherProcess(params string[] before)
    {
        string[] words = [.. before, "sleep", "600"];
        process = Process.Start(words[0], words[1..]);
        // The words before it have done what they do.
        WaitUntil(() => File.ReadAllText($"/proc/{Id}/comm") == "sleep\n");
    }

    public int Id => process.Id;

    public static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));

    /// <summary>Sends a signal by its name, and waits until it is there.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Stops it, so that no signal is delivered to it.</summary>
    public void Stop()
    {
        Signal("STOP");
        WaitUntil(() => File.ReadLines($"/proc/{Id}/status").Any(line => line.StartsWith("State:\tT", StringComparison.Ordinal)));
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
