using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Builds and starts the host on a thread of its own, beside the program: neither its start nor, for a program
/// of a few milliseconds, its end waits for that. The program is supervised without it, too: that it cannot be
/// started is a warning.
/// </summary>
internal sealed class BackgroundHost(HostApplicationBuilder builder, ILogger logger)
{
    private volatile IHost? started;

    public void Start()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = "host" }.Start();
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            logger.HostFailed(failure.GetType().Name);
        }
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

    private void Run()
    {
        try
        {
            IHost host = builder.Build();
            host.Start();
            started = host;
        }
#pragma warning disable CA1031 // Whatever it is, the program goes on and its calls are judged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.HostFailed($"{failure.GetType().Name}: {failure.Message}".OneLine());
        }
    }
}
