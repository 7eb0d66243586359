using System.Buffers.Text;
using System.Globalization;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>What /proc/TID/status tells about a thread (proc(5)). Empty if the thread is gone or hidden (hidepid).</summary>
internal readonly unsafe struct ProcessStatus
{
    private const int UsualLength = 4096;

    private readonly byte[] text;
    private readonly int length;

    private ProcessStatus(byte[] text, int length)
    {
        this.text = text;
        this.length = length;
    }

    public static ProcessStatus Of(int tid)
    {
        byte[] text = new byte[UsualLength];
        int length = 0;
        using var file = DescriptorHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/status"), LibC.O_CLOEXEC);
        while (!file.IsInvalid)
        {
            if (length == text.Length)
            {
                // A user who is in very many groups.
                Array.Resize(ref text, 2 * length);
            }

            fixed (byte* rest = &text[length])
            {
                nint more = (nint)(long)LibC.read(file.Descriptor, rest, (size_t)(text.Length - length));
                if (more <= 0)
                {
                    break;
                }

                length += (int)more;
                if (length < text.Length)
                {
                    // The kernel gives it as one piece: what fits is all of it.
                    break;
                }
            }
        }

        return new(text, length);
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
        ReadOnlySpan<byte> rest = text.AsSpan(0, length);
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
