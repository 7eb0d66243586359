namespace BindToInterface.EndToEnd;

/// <summary>What a stream has brought so far.</summary>
internal sealed class Captured
{
    private readonly List<byte> captured = [];

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

    /// <summary>
    /// Reads on a thread of its own: the pool's may all be busy, and who writes what nobody reads stands still.
    /// </summary>
    public Task ReadToEnd(Stream stream) => Task.Factory.StartNew(
        () => Read(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read(Stream stream)
    {
        var buffer = new byte[65536];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            lock (captured)
            {
                captured.AddRange(buffer.AsSpan(0, read));
            }
        }
    }
}
