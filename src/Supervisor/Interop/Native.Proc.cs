namespace BindToInterface.Supervisor.Interop;

// linux/openat2.h (since Linux 5.6); linux/fs.h: what /proc/PID/maps is asked by (proc(5))
internal static unsafe partial class Native
{
    public static int sys_openat2(int directory, byte* path, OpenHow* how) =>
        Call(SystemCallNumber.SYS_openat2, directory, (nint)path, (nint)how, sizeof(OpenHow));

    /// <summary>Since Linux 6.11: asks a descriptor of /proc/PID/maps about one address.</summary>
    public const int PROCMAP_QUERY = unchecked((int)0xc068_6611);

    public const ulong PROCMAP_QUERY_VMA_READABLE = 1;
    public const ulong PROCMAP_QUERY_VMA_WRITABLE = 2;
    public const ulong PROCMAP_QUERY_VMA_EXECUTABLE = 4;

    /// <summary>struct procmap_query in words of 64 bits: size, query_flags, query_addr, vma_start, vma_end, vma_flags, and more that is not read.</summary>
    public const int ProcmapQueryWords = 13;
}
