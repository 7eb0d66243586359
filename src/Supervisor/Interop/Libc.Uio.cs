using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// sys/uio.h
internal static unsafe partial class Libc
{
    /// <summary>UIO_MAXIOV: the longest vector that the kernel takes.</summary>
    public const int UIO_MAXIOV = 1024;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint process_vm_readv(int pid, Iovec* local, nuint localCount, Iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint process_vm_writev(int pid, Iovec* local, nuint localCount, Iovec* remote, nuint remoteCount, nuint flags);
}
