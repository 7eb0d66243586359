using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace BindToInterface.EndToEnd;

/// <summary>What a pipe has brought so far.</summary>
internal sealed partial class Captured(Stream stream)
{
    private const short Readable = 1; // POLLIN
    private const int Interrupted = 4; // EINTR

    private readonly List<byte> captured = [];
    private readonly SafeHandle pipe = ((PipeStream)stream).SafePipeHandle;
    private bool ended;

    public byte[] Bytes
    {
        get
        {
            lock (captured)
            {
                return captured.ToArray();
            }
        }
    }

    /// <summary>Whether all that was written before is in <see cref="Bytes"/>. Who writes may go on.</summary>
    public bool HasAll
    {
        get
        {
            lock (captured)
            {
                return ended || !IsReadable(0);
            }
        }
    }

    /// <summary>
    /// Reads on a thread of its own: the pool's may all be busy, and who writes what nobody reads stands still.
    /// </summary>
    public Task ReadToEnd() => Task.Factory.StartNew(
        Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read()
    {
        var buffer = new byte[65536];
        while (!ended)
        {
            IsReadable(-1);
            // To take what is there and to note it is one step for everybody else. It does not wait: nobody else reads.
            lock (captured)
            {
                var read = stream.Read(buffer);
                captured.AddRange(buffer.AsSpan(0, read));
                ended = read == 0;
            }
        }
    }

    /// <summary>Also at the end of the stream.</summary>
    private bool IsReadable(int timeoutMilliseconds)
    {
        var held = false;
        pipe.DangerousAddRef(ref held);
        try
        {
            var request = new PollRequest { Descriptor = (int)pipe.DangerousGetHandle(), Events = Readable };
            int ready;
            while ((ready = poll(ref request, 1, timeoutMilliseconds)) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw new Win32Exception();
                }
            }

            return ready > 0;
        }
        finally
        {
            if (held)
            {
                pipe.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollRequest requests, nuint count, int timeout);

    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
