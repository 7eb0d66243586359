using System.Buffers.Text;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>How many threads of the host run, or wait for a processor (proc_loadavg(5)).</summary>
internal sealed unsafe class RunnableTasks : IDisposable
{
    private readonly DescriptorHandle file = DescriptorHandle.Open("/proc/loadavg", LibC.O_CLOEXEC);

    /// <summary>How many at this moment, the thread that asks included; null where that cannot be read.</summary>
    public int? Count
    {
        get
        {
            byte* text = stackalloc byte[64];
            nint length = file.IsInvalid ? 0 : (nint)(long)LibC.pread(file.Descriptor, text, 64, 0);
            return Parse(new ReadOnlySpan<byte>(text, (int)Math.Max(0, length)));
        }
    }

    /// <summary>Of "0.20 0.18 0.12 3/80 11206", the 3.</summary>
    internal static int? Parse(ReadOnlySpan<byte> text)
    {
        int slash = text.IndexOf((byte)'/');
        int start = slash < 0 ? -1 : text[..slash].LastIndexOf((byte)' ') + 1;
        return start >= 0 && Utf8Parser.TryParse(text[start..slash], out int count, out int length) && length == slash - start ? count : null;
    }

    public void Dispose() => file.Dispose();
}
