using System.Runtime.InteropServices;

namespace BindToInterface.Supervisor.Launch;

/// <summary>A null-terminated array of C strings in native memory, as exec takes them.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** array;

    public NativeStrings(IReadOnlyList<byte[]> zeroTerminated)
    {
        nuint pointers = (nuint)(zeroTerminated.Count + 1) * (nuint)sizeof(byte*);
        nuint bytes = (nuint)zeroTerminated.Sum(word => word.Length);
        array = (byte**)NativeMemory.AllocZeroed(pointers + bytes);
        byte* next = (byte*)array + pointers;
        for (int i = 0; i < zeroTerminated.Count; i++)
        {
            zeroTerminated[i].CopyTo(new Span<byte>(next, zeroTerminated[i].Length));
            array[i] = next;
            next += zeroTerminated[i].Length;
        }
    }

    public byte** Array => array;

    public void Dispose() => NativeMemory.Free(array);
}
