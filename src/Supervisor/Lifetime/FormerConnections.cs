using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Connections that were made before an interface of the policy was made anew. The kernel binds sockets to a number, and an interface that
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

    // By name: the numbers of when the program starts, since this starts a moment later; and of when other interfaces become those
    // of the policy.
    private readonly Dictionary<string, Known> interfaces = policy.Take().Options.Interfaces.ToDictionary(name => name, name => new Known(binder.IndexOf(name)));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        policy.Replaced += () => Current();
        new Thread(Follow, StackSize) { IsBackground = true, Name = "former connections" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The interfaces that the policy names now.</summary>
    private (string Name, Known Known)[] Current()
    {
        IReadOnlyList<string> names = policy.Take().Options.Interfaces;
        lock (interfaces)
        {
            foreach (string name in interfaces.Keys.Except(names).ToArray())
            {
                interfaces.Remove(name);
            }

            foreach (string name in names.Except(interfaces.Keys).ToArray())
            {
                interfaces.Add(name, new Known(binder.IndexOf(name)));
            }

            return [.. interfaces.Select(each => (each.Key, each.Value))];
        }
    }

    private void Follow()
    {
        using var changes = new InterfaceChanges();
        bool isWaiting = false, changed = true;
        for (Errno error = changes.Open(); ; error = changes.Wait(isWaiting ? PatienceMilliseconds : -1, out changed))
        {
            (string Name, Known Known)[] all = Current();
            if (error != Errno.None)
            {
                logger.FormerConnectionsNotWatched(string.Join(", ", all.Select(each => each.Name)), error.ToString());
                return;
            }

            foreach ((string name, Known known) in all)
            {
                uint index = binder.IndexOf(name);
                if (index != 0 && (known.IsWaiting || index != known.Index))
                {
                    known.Take(index);
                    // Where the policy has one interface, a number that no interface has was that one's.
                    known.IsWaiting = BindAgain(name, known, mayBeAny: all.Length == 1, isLast: !changed);
                }
            }

            isWaiting = Array.Exists(all, each => each.Known.IsWaiting);
        }
    }

    /// <summary>Binds what can be bound, and tells of what is lost.</summary>
    /// <param name="interfaceName">The interface of now.</param>
    /// <param name="known">The numbers that it has and had.</param>
    /// <param name="mayBeAny">Whether a number that was not seen counts as one that it had.</param>
    /// <param name="isLast">Whether addresses that are not there are not waited for any longer.</param>
    /// <returns>Whether something waits for its address, or for a descriptor.</returns>
    private bool BindAgain(string interfaceName, Known known, bool mayBeAny, bool isLast)
    {
        uint index = known.Index;
        List<DiagnosedSocket> former = [];
        Errno asked = SocketDiagnosis.BoundSockets(former);
        former.RemoveAll(socket => socket.Inode == 0 || socket.Interface == index || binder.Exists(socket.Interface)
            || !(mayBeAny || known.Had(socket.Interface)));
        if (former.Count == 0)
        {
            return DescriptorShortage.Is(asked);
        }

        List<SocketHolder> holders;
        try
        {
            holders = OwnDescriptors.Read(() => SocketHolder.Among(ProcessTree.Descendants(without: NoProcesses, isWhole: true), former).ToList());
        }
        catch (IOException)
        {
            // No file can be opened to look into /proc by. It is tried again.
            return true;
        }

        binder.Addresses.Forget();
        bool waits = DescriptorShortage.Is(asked);
        Dictionary<string, int> bound = [], lost = [];
        foreach (SocketHolder holder in holders)
        {
            IpAddress local = holder.Socket.Local.Address;
            bool hasAddress = local.IsUnspecified || binder.Addresses.Contains(interfaceName, local);
            if (!hasAddress && !isLast)
            {
                waits = true;
                continue;
            }

            Errno error = hasAddress ? holder.Bind(index) : Errno.EADDRNOTAVAIL;
            waits |= DescriptorShortage.Is(error);
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

    /// <summary>The numbers of an interface.</summary>
    private sealed class Known(uint index)
    {
        private readonly HashSet<uint> former = [];

        public uint Index { get; private set; } = index;

        /// <summary>Whether connections wait for an address of it.</summary>
        public bool IsWaiting { get; set; }

        public bool Had(uint number) => former.Contains(number);

        public void Take(uint now)
        {
            if (now != Index)
            {
                former.Add(Index);
                Index = now;
            }
        }
    }
}
