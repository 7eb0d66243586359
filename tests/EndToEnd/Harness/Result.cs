using System.Globalization;
using System.Text;

namespace BindToInterface.EndToEnd;

/// <summary>How a command ended and what it printed. Exactly one of ExitCode and Signal is set.</summary>
public sealed record Result(string Command, int? ExitCode, int? Signal, byte[] OutputBytes, byte[] ErrorBytes)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public string Error => Encoding.UTF8.GetString(ErrorBytes);

    public string[] OutputLines => Lines(Output);

    public string[] ErrorLines => Lines(Error);

    public Result Succeeds() => ExitsWith(0);

    public Result ExitsWith(int code)
    {
        Assert.True(ExitCode == code, $"expected exit {code} of {this}");
        return this;
    }

    public Result DiesBy(int signal)
    {
        Assert.True(Signal == signal, $"expected death by signal {signal} of {this}");
        return this;
    }

    /// <summary>Succeeded with exactly this on standard output.</summary>
    public Result Says(string output)
    {
        Succeeds();
        Assert.True(Output == output, $"expected the output {output.TrimEnd()} of {this}");
        return this;
    }

    /// <summary>Succeeded, and every line of the output is the answer of this side to a client that asked at this destination.</summary>
    public Result AnsweredBy(Side side, string destination)
    {
        Succeeds();
        var expected = $"{side.Name} {side.ClientFor(destination)}";
        Assert.True(
            OutputLines.Length > 0 && OutputLines.All(line => line == expected || line.StartsWith(expected + " ", StringComparison.Ordinal)),
            $"expected '{expected}' of {this}");
        return this;
    }

    public override string ToString()
    {
        var end = Signal is { } signal
            ? string.Create(CultureInfo.InvariantCulture, $"killed by signal {signal}")
            : string.Create(CultureInfo.InvariantCulture, $"exit {ExitCode}");
        return $"{Command}\n--- {end}\n--- output\n{Output}\n--- error\n{Error}\n---";
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
