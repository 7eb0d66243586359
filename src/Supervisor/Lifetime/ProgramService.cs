using Microsoft.Extensions.Hosting;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>Waits for the program, and stops the host when it is over.</summary>
internal sealed class ProgramService(ProcessWatch watch, IHostApplicationLifetime lifetime) : IHostedService
{
    private readonly TaskCompletionSource<ProgramStatus> ended = new();

    /// <summary>How the program ended, once it has.</summary>
    public ProgramStatus Status => ended.Task.Result;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var thread = new Thread(() =>
        {
            ended.SetResult(watch.Wait());
            lifetime.StopApplication();
        })
        {
            IsBackground = true,
            Name = "process watch",
        };
        thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
