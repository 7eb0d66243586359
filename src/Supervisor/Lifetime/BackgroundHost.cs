using Microsoft.Extensions.Hosting;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Builds and starts the host on a thread of its own, beside the program: neither its start nor, for a program
/// of a few milliseconds, its end waits for that.
/// </summary>
internal sealed class BackgroundHost(HostApplicationBuilder builder)
{
    private volatile IHost? started;

    public void Start()
    {
        var thread = new Thread(() =>
        {
            IHost host = builder.Build();
            host.Start();
            started = host;
        })
        {
            IsBackground = true,
            Name = "host",
        };
        thread.Start();
    }

    /// <summary>Stops what was started.</summary>
    public void Stop()
    {
        if (started is IHost host)
        {
            host.StopAsync().GetAwaiter().GetResult();
            host.Dispose();
        }
    }
}
