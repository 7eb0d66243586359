using System.Buffers.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>
/// What /proc/TID/status tells about a thread (proc(5)). Empty if the thread is gone or hidden (hidepid). It is read for stopped calls, so
/// that the memory for it is the caller's.
/// </summary>
internal readonly unsafe ref struct ProcessStatus
{
    /// <summary>How much room it usually needs, in bytes.</summary>
    public const int UsualLength = 4096;

    private readonly ReadOnlySpan<byte> text;

    private ProcessStatus(ReadOnlySpan<byte> text, Errno error)
    {
        this.text = text;
        Error = error;
    }

    /// <summary>Why it could not be opened: ENOENT where the thread is gone or hidden, EMFILE.</summary>
    public Errno Error { get; }

    /// <summary>Reads it.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="room">Memory for it, as long as the result is used. If that is not enough, more is allocated.</param>
    public static ProcessStatus Of(int tid, Span<byte> room)
    {
        int length = 0;
        int file = ThreadFile.OpenStatus(tid);
        Errno error = file >= 0 ? Errno.None : Native.LastError;
        while (file >= 0)
        {
            if (length == room.Length)
            {
                // A user who is in very many groups.
                byte[] larger = new byte[2 * length];
                room.CopyTo(larger);
                room = larger;
            }

            fixed (byte* rest = &room[length])
            {
                nint more = (nint)(long)LibC.read(file, rest, (size_t)(room.Length - length));
                if (more <= 0)
                {
                    break;
                }

                length += (int)more;
                if (length < room.Length)
                {
                    // The kernel gives it as one piece: what fits is all of it.
                    break;
                }
            }
        }

        if (file >= 0)
        {
            _ = LibC.close(file);
        }

        return new(room[..length], error);
    }

    /// <summary>A number, such as Tgid.</summary>
    public int? Number(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(Value(field), out int number, out _) ? number : null;

    /// <summary>A set of bits, such as SigBlk or CapEff; empty where it is not known.</summary>
    public ulong Bits(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(Value(field), out ulong bits, out _, 'x') ? bits : 0;

    /// <summary>A list of numbers, such as Uid or Groups: as many as there is room for.</summary>
    /// <returns>How many the list has.</returns>
    public int List(ReadOnlySpan<byte> field, Span<uint> numbers)
    {
        int count = 0;
        ReadOnlySpan<byte> rest = Value(field);
        while (Utf8Parser.TryParse(rest, out uint number, out int consumed))
        {
            if (count < numbers.Length)
            {
                numbers[count] = number;
            }

            count++;
            rest = rest[consumed..].TrimStart(" \t"u8);
        }

        return count;
    }

    private ReadOnlySpan<byte> Value(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            if (line.StartsWith(field) && line.Length > field.Length && line[field.Length] == ':')
            {
                return line[(field.Length + 1)..].Trim(" \t"u8);
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return default;
    }
}
