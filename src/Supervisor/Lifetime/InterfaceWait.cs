using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Waits, before the program starts, until all interfaces of the policy are up with an address. The kernel tells of changes
/// (rtnetlink(7)). A signal that would end or stop the program ends or stops the wait.
/// </summary>
internal sealed unsafe class InterfaceWait(IReadOnlyList<string> interfaces, ILogger logger)
{
    private static readonly int[] Heard = [Linux.SIGTERM, Linux.SIGINT, Linux.SIGHUP, Linux.SIGQUIT, Linux.SIGTSTP];

    /// <summary>Waits.</summary>
    /// <param name="patience">How long; null without a bound.</param>
    /// <param name="told">Called once with what is waited for, where that takes a wait.</param>
    /// <returns>null; or how the supervisor is to end, where a signal said so.</returns>
    /// <exception cref="StartException">The time is over, or the kernel cannot be asked.</exception>
    public ProgramStatus? Wait(TimeSpan? patience, Action<string> told)
    {
        long until = patience is TimeSpan bound ? Environment.TickCount64 + (long)bound.TotalMilliseconds : long.MaxValue;
        using var changes = new InterfaceChanges();
        Demand(changes.Open());
        using DescriptorHandle signals = OpenSignals();
        string? before = null;
        while (WhyNotReady() is string why)
        {
            if (before is null)
            {
                logger.WaitingForInterface(why);
                told(why);
            }

            before = why;
            long left = until - Environment.TickCount64;
            if (left <= 0)
            {
                throw new StartException(string.Create(CultureInfo.InvariantCulture, $"--wait-interface: after {patience!.Value.TotalSeconds} seconds {why}; the program was not started"));
            }

            switch (SignalWithin(signals, changes, (int)Math.Min(left, int.MaxValue)))
            {
                case Linux.SIGTSTP:
                    _ = LibC.kill(LibC.getpid(), Linux.SIGSTOP);
                    break;
                case int signal:
                    return new ProgramStatus(signal, IsSignal: true);
            }

            changes.Drain();
        }

        return null;
    }

    /// <summary>The first interface that cannot be used yet, and why: "interface ovpn has no address".</summary>
    private string? WhyNotReady()
    {
        using var network = new HostNetwork();
        return interfaces.Select(name => WhyNotReady(name, network)).FirstOrDefault(why => why is not null);
    }

    /// <summary>Why an interface cannot be used yet: "interface ovpn has no address"; null where it can.</summary>
    internal static string? WhyNotReady(string name, INetworkFacts network)
    {
        LinkEntry? link = InterfaceRules.Find(name, network);
        string? why = link is null ? "does not exist"
            : !link.IsUp ? "is down"
            : !link.HasCarrier ? "has no carrier"
            : network.Addresses.Any(address => address.InterfaceIndex == link.Index && address.IsUsable) ? null
            : "has no address";
        return why is null ? null : $"interface {name} {why}";
    }

    private static void Demand(Errno error)
    {
        if (error != Errno.None)
        {
            throw new StartException($"--wait-interface: netlink: {error}: the kernel does not tell of interfaces; allow AF_NETLINK (RestrictAddressFamilies= of a systemd unit)");
        }
    }

    private static int? SignalWithin(DescriptorHandle signals, InterfaceChanges changes, int milliseconds)
    {
        pollfd* readable = stackalloc pollfd[2];
        readable[0] = new pollfd { fd = signals.Descriptor, events = LibC.POLLIN };
        readable[1] = new pollfd { fd = changes.Descriptor, events = LibC.POLLIN };
        SignalfdSiginfo signal;
        return Native.poll(readable, 2, milliseconds) > 0 && readable[0].revents != 0
            && LibC.read(signals.Descriptor, &signal, (size_t)sizeof(SignalfdSiginfo)) == sizeof(SignalfdSiginfo)
                ? (int)signal.Signo
                : null;
    }

    /// <summary>What the supervisor was started to ignore, or with blocked, does not end the wait either: it is the program's.</summary>
    private static DescriptorHandle OpenSignals()
    {
        sigset_t not = Sigset.FromKernel(InheritedSignals.Ignored | InheritedSignals.Blocked);
        sigset_t heard = Sigset.Of([.. Heard.Where(signal => !not.Contains(signal))]);
        int descriptor = Native.signalfd(-1, &heard, Native.SFD_CLOEXEC);
        return descriptor >= 0 ? new DescriptorHandle(descriptor) : throw new StartException($"signalfd: {Native.LastError}: signals cannot be received; raise the limit of open files (ulimit -n)");
    }
}
