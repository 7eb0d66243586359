using System.Globalization;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>What a thread of this process does at the moment (proc_pid_stat(5)).</summary>
internal static unsafe class TaskState
{
    /// <summary>Whether a thread runs or waits for a processor; false where it sleeps, or is not known.</summary>
    public static bool IsRunnable(int tid)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{tid}/stat");
        using var file = DescriptorHandle.Open(path, LibC.O_CLOEXEC);
        byte* text = stackalloc byte[128];
        nint length = file.IsInvalid ? 0 : (nint)(long)LibC.read(file.Descriptor, text, 128);
        // "tid (name) state …", where a name may hold anything.
        ReadOnlySpan<byte> start = new(text, (int)Math.Max(0, length));
        int end = start.LastIndexOf(") "u8);
        return end >= 0 && end + 2 < start.Length && start[end + 2] == (byte)'R';
    }
}
