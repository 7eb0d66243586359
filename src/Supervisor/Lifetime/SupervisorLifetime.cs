using Microsoft.Extensions.Hosting;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// A host lifetime that leaves signals and the terminal alone: the console lifetime would handle the signals
/// that are the program's, and put the terminal into modes of its own.
/// </summary>
internal sealed class SupervisorLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
