using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// sys/xattr.h
internal static unsafe partial class Native
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint getxattr(byte* path, byte* name, void* value, nuint size);
}
