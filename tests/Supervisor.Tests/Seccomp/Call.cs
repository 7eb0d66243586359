using System.Buffers.Binary;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>A system call as a seccomp filter sees it: struct seccomp_data (linux/seccomp.h).</summary>
internal readonly record struct Call(uint Arch, uint Number, params ulong[] Arguments)
{
    public const int Length = 64;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Arch);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), 0x7fff_dead_beef_0123);
        for (int index = 0; index < Arguments.Length; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16 + 8 * index), Arguments[index]);
        }

        return bytes;
    }
}
