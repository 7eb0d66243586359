using System.Globalization;
using System.Text;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Logging;

/// <summary>
/// Who called, by thread id: a thread that calls often costs one read. Its process may execute another file between two calls,
/// so the name is read anew each time, from a file of /proc that was opened once and belongs to that process alone. For one thread.
/// </summary>
internal sealed unsafe class CallerCache : IDisposable
{
    private const int Size = 64;
    private const int MaximumName = 64;

    private readonly Entry[] entries = new Entry[Size];

    /// <summary>The caller, where it is one of those that are known; null where it has to be read as a whole.</summary>
    /// <param name="call">The call of a thread that is the same as at the call for which it was remembered.</param>
    public Caller? Find(in Notification call)
    {
        ref Entry entry = ref entries[call.Tid & (Size - 1)];
        if (entry.Tid != call.Tid)
        {
            return null;
        }

        byte* name = stackalloc byte[MaximumName];
        nint length = (nint)(long)LibC.pread(entry.Descriptor, name, MaximumName, 0);
        if (length <= 0)
        {
            Close(ref entry);
            return null;
        }

        var read = new ReadOnlySpan<byte>(name, (int)length).TrimEnd((byte)'\n');
        if (!read.SequenceEqual(entry.Name))
        {
            entry.Name = read.ToArray();
            entry.Caller = entry.Caller! with { Program = Encoding.UTF8.GetString(read) };
        }

        return entry.Caller;
    }

    /// <summary>Keeps a caller that was read. The call still waits.</summary>
    public void Remember(in Notification call, Caller caller)
    {
        ref Entry entry = ref entries[call.Tid & (Size - 1)];
        Close(ref entry);
        DescriptorHandle file = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{caller.Process}/comm"), LibC.O_CLOEXEC);
        if (!file.IsInvalid)
        {
            entry = new Entry { Tid = call.Tid, File = file, Caller = caller, Name = Encoding.UTF8.GetBytes(caller.Program) };
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        foreach (ref Entry entry in entries.AsSpan())
        {
            Close(ref entry);
        }
    }

    public void Dispose() => Clear();

    private static void Close(ref Entry entry)
    {
        entry.File?.Dispose();
        entry = default;
    }

    private struct Entry
    {
        public int Tid;
        public DescriptorHandle? File;
        public Caller? Caller;
        public byte[]? Name;

        public readonly int Descriptor => File!.Descriptor;
    }
}
