using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Closes the copies of sockets that the program has closed: they hold back a FIN or a port for less than a second. It sleeps
/// while there is no copy.
/// </summary>
internal sealed class CopySweep(SocketCopies copies) : IHostedService
{
    private const int StackSize = 256 * 1024;

    /// <summary>A socket must be missed twice.</summary>
    private const int IntervalMilliseconds = 300;

    private readonly object hasBegun = new();

    /// <summary>Registers it where there are copies.</summary>
    public static void Register(IServiceCollection services, SocketCopies? copies)
    {
        if (copies is not null)
        {
            services.AddSingleton<IHostedService>(new CopySweep(copies));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        copies.Began += () =>
        {
            lock (hasBegun)
            {
                Monitor.Pulse(hasBegun);
            }
        };
        new Thread(Follow, StackSize) { IsBackground = true, Name = "copies of sockets" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Follow()
    {
        while (true)
        {
            lock (hasBegun)
            {
                while (copies.Kept == 0)
                {
                    Monitor.Wait(hasBegun);
                }
            }

            Thread.Sleep(IntervalMilliseconds);
            copies.Sweep(isPatient: true);
        }
    }
}
