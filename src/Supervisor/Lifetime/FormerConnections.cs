using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Connections that were made before the interface was made anew. The kernel binds sockets to a number, and an interface that
/// returns has another: such connections hang. Once the interface has their address again they are bound to it, where the
/// kernel allows that (CAP_NET_RAW). One line tells of those that are lost. Nothing is asked while the interface stays.
/// </summary>
internal sealed class FormerConnections(InterfaceBinder binder, CurrentPolicy policy, InterfaceWatch watch, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;

    /// <summary>How long an interface that has returned may take to get an address that connections had.</summary>
    private const int PatienceMilliseconds = 10_000;

    private static readonly HashSet<int> NoProcesses = [];

    private readonly HashSet<ulong> told = [];

    // Of when the program starts, since this starts a moment later; and of when another interface becomes the configured one.
    private volatile uint known = binder.IndexOf(policy.Take().Options.Interface!);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        policy.Replaced += () => known = binder.IndexOf(InterfaceName);
        new Thread(Follow, StackSize) { IsBackground = true, Name = "former connections" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string InterfaceName => policy.Take().Options.Interface!;

    private void Follow()
    {
        using var changes = new InterfaceChanges();
        bool isWaiting = false, changed = true;
        for (Errno error = changes.Open(); ; error = changes.Wait(isWaiting ? PatienceMilliseconds : -1, out changed))
        {
            if (error != Errno.None)
            {
                logger.FormerConnectionsNotWatched(InterfaceName, error.ToString());
                return;
            }

            string interfaceName = InterfaceName;
            uint index = binder.IndexOf(interfaceName);
            if (index != 0 && (isWaiting || index != known))
            {
                known = index;
                isWaiting = BindAgain(interfaceName, index, isLast: !changed);
            }
        }
    }

    /// <summary>Binds what can be bound, and tells of what is lost.</summary>
    /// <param name="interfaceName">The interface of now.</param>
    /// <param name="index">Its ifindex.</param>
    /// <param name="isLast">Whether addresses that are not there are not waited for any longer.</param>
    /// <returns>Whether something waits for its address.</returns>
    private bool BindAgain(string interfaceName, uint index, bool isLast)
    {
        List<DiagnosedSocket> former = [];
        _ = SocketDiagnosis.BoundSockets(former);
        former.RemoveAll(socket => socket.Inode == 0 || socket.Interface == index || binder.Exists(socket.Interface));
        if (former.Count == 0)
        {
            return false;
        }

        binder.Addresses.Forget();
        bool waits = false;
        Dictionary<string, int> bound = [], lost = [];
        foreach (SocketHolder holder in SocketHolder.Among(ProcessTree.Descendants(without: NoProcesses), former))
        {
            IpAddress local = holder.Socket.Local.Address;
            bool hasAddress = local.IsUnspecified || binder.Addresses.Contains(interfaceName, local);
            if (!hasAddress && !isLast)
            {
                waits = true;
                continue;
            }

            Errno error = hasAddress ? holder.Bind(index) : Errno.EADDRNOTAVAIL;
            if (holder.IsConnection && (error == Errno.None || (error is Errno.EPERM or Errno.EADDRNOTAVAIL && told.Add(holder.Socket.Cookie))))
            {
                Dictionary<string, int> counts = error == Errno.None ? bound : lost;
                string program = string.Create(CultureInfo.InvariantCulture, $"{ProcessTree.NameOf(holder.Pid)}[{holder.Pid}]");
                counts[program] = counts.GetValueOrDefault(program) + 1;
            }
        }

        if (bound.Count > 0)
        {
            logger.ConnectionsGoOn(interfaceName, Text(bound));
        }

        if (lost.Count > 0)
        {
            watch.AnewIsTold(index);
            logger.ConnectionsLost(interfaceName, Text(lost));
        }

        return waits;
    }

    private static string Text(Dictionary<string, int> counts) =>
        string.Join(", ", counts.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key} ({each.Value})")));
}
