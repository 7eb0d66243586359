using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// unistd.h: environ, a variable and not a function.
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    private static partial void* dlsym(void* handle, byte* name);

    /// <summary>The environment as the kernel handed it over: a null-terminated array of C strings.</summary>
    public static byte** environ
    {
        get
        {
            fixed (byte* name = "environ\0"u8)
            {
                return *(byte***)dlsym(null, name);
            }
        }
    }
}
