using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// What /proc/PID/mem and /proc/PID/maps are used by (proc(5), linux/fs.h)
internal static unsafe partial class Libc
{
    /// <summary>Since Linux 6.11: asks a descriptor of /proc/PID/maps about one address.</summary>
    public const uint PROCMAP_QUERY = 0xc068_6611;

    public const ulong PROCMAP_QUERY_VMA_READABLE = 1;
    public const ulong PROCMAP_QUERY_VMA_WRITABLE = 2;
    public const ulong PROCMAP_QUERY_VMA_EXECUTABLE = 4;

    /// <summary>struct procmap_query in words of 64 bits: size, query_flags, query_addr, vma_start, vma_end, vma_flags, and more that is not read.</summary>
    public const int ProcmapQueryWords = 13;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(int fd, void* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(int fd, void* buffer, nuint count, long offset);
}
