using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Interop;

// termios.h
internal static unsafe partial class Libc
{
    public const uint ICANON = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcgetpgrp(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcsetpgrp(int fd, int group);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcgetattr(int fd, Termios* attributes);
}
