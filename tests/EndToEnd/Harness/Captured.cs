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

    public async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[65536];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            lock (captured)
            {
                captured.AddRange(buffer.AsSpan(0, read));
            }
        }
    }
}
