using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Tells the service manager that the service is up, and then whether the interfaces are there. The kernel tells of
/// changes (rtnetlink(7)).
/// </summary>
internal sealed unsafe class InterfaceStatus(ServiceManager manager, InterfaceBinder binder, CurrentPolicy policy, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;

    private readonly Lock gate = new();
    private string told = "";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        told = Text();
        manager.Ready(told);
        if (policy.Take().Options.Interfaces.Count > 0)
        {
            policy.Replaced += Tell;
            new Thread(Follow, StackSize) { IsBackground = true, Name = "interface status" }.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Text()
    {
        TrafficPolicyOptions options = policy.Take().Options;
        IReadOnlyList<string> interfaces = options.Interfaces;
        if (interfaces.Count == 0)
        {
            return options.RefusesOthers ? "bound to none: connections are refused" : "no interface is set: all traffic takes the normal route";
        }

        string[] absent = [.. interfaces.Where(name => binder.IndexOf(name) == 0)];
        return absent.Length == 0 ? $"bound to {string.Join(", ", interfaces)}"
            : $"{string.Join(", ", absent)} {(absent.Length == 1 ? "is" : "are")} absent: connections are refused";
    }

    private void Tell()
    {
        lock (gate)
        {
            string text = Text();
            if (text != told)
            {
                told = text;
                manager.Status(text);
            }
        }
    }

    private void Follow()
    {
        using var changes = new DescriptorHandle(LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_ROUTE));
        var links = new SockaddrNl { Family = Linux.AF_NETLINK, Groups = Native.RTMGRP_LINK };
        if (changes.IsInvalid || LibC.bind(changes.Descriptor, (sockaddr*)&links, (uint)sizeof(SockaddrNl)) != 0)
        {
            logger.InterfaceNotWatched(string.Join(", ", policy.Take().Options.Interfaces), Native.LastError.ToString());
            return;
        }

        const int MessageSize = 8192;
        byte* message = stackalloc byte[MessageSize];
        do
        {
            // A message says only that it is worth to look: what is cut off, or was lost (ENOBUFS), does no harm.
            Tell();
        }
        while (LibC.read(changes.Descriptor, message, MessageSize) >= 0 || Native.LastError is Errno.ENOBUFS or Errno.EINTR);
    }
}
