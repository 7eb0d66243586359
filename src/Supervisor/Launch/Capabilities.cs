using System.Globalization;

namespace BindToInterface.Supervisor.Launch;

/// <summary>This process's effective capabilities (capabilities(7); proc(5), status).</summary>
internal static class Capabilities
{
    public static bool Has(int capability)
    {
        const string Field = "CapEff:";
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return (ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> capability & 1) != 0;
    }
}
