using System.Globalization;
using System.Text.RegularExpressions;

namespace BindToInterface.EndToEnd;

/// <summary>Counts the packets that the client sends and that match an expression of nft, beside the lab's own counters.</summary>
internal sealed partial class WaysCounter : IDisposable
{
    private static int made;

    private readonly Lab lab;
    private readonly string table = $"ways{Interlocked.Increment(ref made)}";

    public WaysCounter(Lab lab, string expression)
    {
        this.lab = lab;
        Nft($"add table inet {table}; add chain inet {table} out {{ type filter hook output priority 1; }}; add rule inet {table} out {expression} counter");
    }

    public int Packets => int.Parse(Number().Match(Nft($"list table inet {table}")).Groups[1].Value, CultureInfo.InvariantCulture);

    public void Dispose() => Nft($"delete table inet {table}");

    private string Nft(string commands) => lab.Run(Who.Root, "nft", commands).Succeeds().Output;

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex Number();
}
