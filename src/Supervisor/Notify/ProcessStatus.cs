using System.Globalization;

namespace BindToInterface.Supervisor.Notify;

/// <summary>What /proc/TID/status tells of a thread (proc(5)); nothing of one that is gone or that is hidden (hidepid).</summary>
internal readonly struct ProcessStatus
{
    private readonly string[] lines;

    private ProcessStatus(string[] lines) => this.lines = lines;

    public static ProcessStatus Of(int tid)
    {
        try
        {
            return new(File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/status")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new([]);
        }
    }

    /// <summary>A number, such as Tgid.</summary>
    public int? Number(string field) =>
        int.TryParse(Value(field), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>A set of bits, such as SigBlk or CapEff; empty where it is not known.</summary>
    public ulong Bits(string field) =>
        ulong.TryParse(Value(field), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits) ? bits : 0;

    private ReadOnlySpan<char> Value(string field)
    {
        foreach (string line in lines)
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && line.Length > field.Length && line[field.Length] == ':')
            {
                return line.AsSpan(field.Length + 1).Trim();
            }
        }

        return default;
    }
}
