using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Target;

/// <summary>Where a process's half of the address space ends (TASK_SIZE_MAX).</summary>
internal static class UserMemory
{
    private const ulong FourLevels = 0x7fff_ffff_f000;
    private const ulong FiveLevels = 0xff_ffff_ffff_f000;
    private const ulong Arm64 = 1UL << 48;

    /// <summary>The first address beyond. On x86-64 it depends on the levels of the page tables, which cpuinfo shows.</summary>
    public static ulong End { get; } =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64
        : HasFiveLevels() ? FiveLevels
        : FourLevels;

    private static bool HasFiveLevels()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Contains(" la57", StringComparison.Ordinal) == true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Hidden (ProcSubset=pid). Too high an end only lets another error of the call come first.
            return true;
        }
    }
}
