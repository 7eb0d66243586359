using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// unistd.h: environ. A variable and not a function, which the runtime's own native library hands out; dlsym
// would not find it in a static executable.
internal static unsafe partial class Native
{
    /// <summary>The environment as the kernel handed it over: a null-terminated array of C strings.</summary>
    public static byte** environ => GetEnviron();

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    private static partial byte** GetEnviron();
}
