using System.Globalization;

namespace BindToInterface.Supervisor.Notify;

/// <summary>Whether a signal waits to be delivered to a thread (proc(5), status).</summary>
internal static class PendingSignals
{
    public static bool Any(int tid)
    {
        ulong pending = 0, blocked = 0;
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/status")))
            {
                if (line.StartsWith("SigPnd:", StringComparison.Ordinal) || line.StartsWith("ShdPnd:", StringComparison.Ordinal))
                {
                    pending |= Set(line);
                }
                else if (line.StartsWith("SigBlk:", StringComparison.Ordinal))
                {
                    blocked = Set(line);
                }
            }
        }
        catch (IOException)
        {
            // It is gone; nobody waits.
        }

        return (pending & ~blocked) != 0;
    }

    private static ulong Set(string line) =>
        ulong.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
