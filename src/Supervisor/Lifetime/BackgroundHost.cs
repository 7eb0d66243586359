using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// The Generic Host with the services that run beside the program. It is made and started on a thread of its own after
/// the program has been started, so that the program does not wait for it, and only if there is a service. The program
/// is supervised without it, too: if it cannot be started, that is a warning.
/// </summary>
internal sealed class BackgroundHost(IServiceCollection services, ILoggerFactory logging)
{
    private readonly ILogger logger = logging.CreateLogger("bti-supervise");
    private Thread? thread;
    private volatile IHost? started;

    /// <summary>Starts the services that are registered by now, once.</summary>
    public void Start()
    {
        if (services.Count == 0 || thread is not null)
        {
            return;
        }

        try
        {
            var host = new Thread(Run) { IsBackground = true, Name = "host" };
            host.Start();
            thread = host;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            // RLIMIT_NPROC, or a limit of the control group (pids.max).
            logger.HostFailed(failure.GetType().Name);
        }
    }

    /// <summary>
    /// Stops the services. Their start is waited for: after a program of a few milliseconds, too, the service manager is told that
    /// the service was up.
    /// </summary>
    public void Stop()
    {
        const int PatienceMilliseconds = 1000;
        if (thread?.Join(PatienceMilliseconds) == true && started is IHost host)
        {
            host.StopAsync().GetAwaiter().GetResult();
            host.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            IHost host = Build();
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

    private IHost Build()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton<IHostLifetime, SupervisorLifetime>();
        foreach (ServiceDescriptor service in services)
        {
            builder.Services.Add(service);
        }

        return builder.Build();
    }
}
