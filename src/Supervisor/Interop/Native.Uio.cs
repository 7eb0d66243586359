using System.Runtime.InteropServices;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Interop;

// sys/uio.h
internal static unsafe partial class Native
{
    /// <summary>UIO_MAXIOV: the longest vector that the kernel takes.</summary>
    public const int UIO_MAXIOV = 1024;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint process_vm_readv(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);
}
