using System.Buffers.Text;
using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>
/// What a process may do with its memory (proc(5), maps). The descriptor stays with the memory that the process had when
/// it was opened, even if the process id gets a new owner.
/// </summary>
internal sealed unsafe class MemoryMap : IDisposable
{
    private readonly DescriptorHandle maps;

    private MemoryMap(DescriptorHandle maps) => this.maps = maps;

    /// <summary>Opens the map of a thread's memory; null if that is refused, or if the thread is gone.</summary>
    public static MemoryMap? Open(int tid)
    {
        var maps = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/maps"), LibC.O_CLOEXEC);
        return maps.IsInvalid ? null : new MemoryMap(maps);
    }

    /// <summary>Whether a thread has memory at all of these addresses, and may use it in some way.</summary>
    public static bool IsUsable(int tid, ulong address, ulong length)
    {
        using MemoryMap? map = Open(tid);
        return map is not null && map.All(address, length, anyOf: Native.PROCMAP_QUERY_VMA_READABLE | Native.PROCMAP_QUERY_VMA_WRITABLE | Native.PROCMAP_QUERY_VMA_EXECUTABLE);
    }

    /// <summary>Whether the process may write all of these addresses.</summary>
    public bool IsWritable(ulong address, ulong length) => All(address, length, Native.PROCMAP_QUERY_VMA_WRITABLE);

    public void Dispose() => maps.Dispose();

    private bool All(ulong address, ulong length, ulong anyOf)
    {
        for (ulong next = address; next - address < length;)
        {
            if (!TryFind(next, out ulong end, out ulong permissions) || (permissions & anyOf) == 0)
            {
                return false;
            }

            next = end;
        }

        return true;
    }

    /// <summary>Finds the mapping that holds an address: where it ends, and its permissions.</summary>
    private bool TryFind(ulong address, out ulong end, out ulong permissions)
    {
        ulong* query = stackalloc ulong[Native.ProcmapQueryWords];
        new Span<ulong>(query, Native.ProcmapQueryWords).Clear();
        query[0] = Native.ProcmapQueryWords * sizeof(ulong);
        query[2] = address;
        if (LibC.ioctl(maps.Descriptor, Native.PROCMAP_QUERY, query) == 0)
        {
            (end, permissions) = (query[4], query[5]);
            return true;
        }

        // Before Linux 6.11 there is no ioctl for this. The text has to be read.
        (end, permissions) = (0, 0);
        return Native.LastError == Errno.ENOTTY && TryFindInText(address, out end, out permissions);
    }

    private bool TryFindInText(ulong address, out ulong end, out ulong permissions)
    {
        const int Size = 32 * 1024;
        byte[] buffer = new byte[Size];
        int kept = 0;
        long offset = 0;
        fixed (byte* start = buffer)
        {
            nint filled;
            while ((filled = (nint)(long)LibC.pread(maps.Descriptor, start + kept, (size_t)(Size - kept), offset)) > 0)
            {
                offset += filled;
                ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + (int)filled);
                int line;
                while ((line = text.IndexOf((byte)'\n')) >= 0)
                {
                    if (IsIn(text[..line], address, out end, out permissions))
                    {
                        return true;
                    }

                    text = text[(line + 1)..];
                }

                kept = text.Length;
                text.CopyTo(buffer);
            }
        }

        (end, permissions) = (0, 0);
        return false;
    }

    /// <summary>A line begins "7f00-7f01 rw-p".</summary>
    private static bool IsIn(ReadOnlySpan<byte> line, ulong address, out ulong end, out ulong permissions)
    {
        (end, permissions) = (0, 0);
        if (!Utf8Parser.TryParse(line, out ulong first, out int digits, 'x') || address < first
            || !Utf8Parser.TryParse(line[(digits + 1)..], out end, out int more, 'x') || address >= end)
        {
            return false;
        }

        ReadOnlySpan<byte> letters = line[(digits + more + 2)..];
        permissions = (letters[0] == 'r' ? Native.PROCMAP_QUERY_VMA_READABLE : 0)
            | (letters[1] == 'w' ? Native.PROCMAP_QUERY_VMA_WRITABLE : 0)
            | (letters[2] == 'x' ? Native.PROCMAP_QUERY_VMA_EXECUTABLE : 0);
        return true;
    }
}
