using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// What the program is to have that can only be set in its own process: it then starts as this executable,
/// which sets it and becomes the program. LISTEN_PID (sd_listen_fds(3)) and WATCHDOG_PID
/// (sd_watchdog_enabled(3)) name the process that they are meant for, and where they name us they are to name
/// the program. And where SIGCHLD was ignored when we were started, it is to be so in the program, while we
/// cannot ignore it: the kernel would not tell us how the program ended.
/// </summary>
internal static unsafe class ProgramShim
{
    private const string Marker = "--become-program";

    private static readonly byte[][] Names = ["LISTEN_PID="u8.ToArray(), "WATCHDOG_PID="u8.ToArray()];

    /// <summary>Whether the program needs it.</summary>
    public static bool IsNeeded()
    {
        string self = OwnPid();
        return ChildrenIgnored || Environment.GetEnvironmentVariable("LISTEN_PID") == self || Environment.GetEnvironmentVariable("WATCHDOG_PID") == self;
    }

    /// <summary>Stops ignoring SIGCHLD.</summary>
    public static void HearOfChildren()
    {
        if (ChildrenIgnored)
        {
            Native.RestoreDefaultAction(Linux.SIGCHLD);
        }
    }

    /// <summary>The command that starts the program by way of this executable.</summary>
    public static IReadOnlyList<byte[]> Command(ProgramCommand command) =>
        ["/proc/self/exe\0"u8.ToArray(), Encoding.UTF8.GetBytes($"{Marker}\0"), Encoding.UTF8.GetBytes($"{OwnPid()}\0"), ChildrenIgnored ? "ignore\0"u8.ToArray() : "default\0"u8.ToArray(), .. command.Words];

    /// <summary>Whether this process was started to become the program.</summary>
    public static bool IsShim(string[] args) => args is [Marker, _, _, _, ..];

    /// <summary>Becomes the program; returns only where that fails, with the exit status.</summary>
    public static int BecomeProgram(string[] args)
    {
        byte[] previous = Encoding.UTF8.GetBytes(args[1]);
        byte[] own = Encoding.UTF8.GetBytes($"{OwnPid()}\0");
        byte** environment = Native.environ;
        for (byte** entry = environment; *entry != null; entry++)
        {
            ReadOnlySpan<byte> variable = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry);
            foreach (byte[] name in Names)
            {
                if (variable.StartsWith(name) && variable[name.Length..].SequenceEqual(previous))
                {
                    *entry = Replacement(name, own);
                }
            }
        }

        InheritedSignals.Restore();
        if (args[2] == "ignore")
        {
            InheritedSignals.Ignore(Linux.SIGCHLD);
        }

        ProgramCommand command = ProgramCommand.FromOwnCommandLine(args.Length - 3);
        using var argv = new NativeStrings(command.Words);
        _ = Native.execvpe(argv.Array[0], argv.Array, environment);
        var failure = new ProgramNotStartedException(command.Name, Native.LastError);
        StandardError.WriteLine($"bti-supervise: {failure.Message}");
        return failure.ExitStatus;
    }

    private static bool ChildrenIgnored => InheritedSignals.Ignored.Contains(Linux.SIGCHLD);

    private static string OwnPid() => ((int)LibC.getpid()).ToString(CultureInfo.InvariantCulture);

    private static byte* Replacement(byte[] name, byte[] value)
    {
        // Lives until exec replaces this process.
        byte* text = (byte*)NativeMemory.Alloc((nuint)(name.Length + value.Length));
        name.CopyTo(new Span<byte>(text, name.Length));
        value.CopyTo(new Span<byte>(text + name.Length, value.Length));
        return text;
    }
}
