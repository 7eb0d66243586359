using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>Keeps the service's status: whether the interface is there. The kernel tells of changes (rtnetlink(7)).</summary>
internal sealed unsafe class InterfaceStatus(ServiceManager manager, InterfaceBinder binder, string? interfaceName, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;

    private bool wasThere;

    /// <summary>The program runs: the manager is told so, with the first status.</summary>
    public void Ready()
    {
        wasThere = IsThere;
        manager.Ready(Text());
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (interfaceName is not null)
        {
            new Thread(Follow, StackSize) { IsBackground = true, Name = "interface status" }.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsThere => interfaceName is not null && binder.IndexOf(interfaceName) != 0;

    private string Text() => interfaceName is null ? "no interface is set: all traffic takes the normal route"
        : wasThere ? $"bound to {interfaceName}"
        : $"{interfaceName} is absent: connections are refused";

    private void Follow()
    {
        using var changes = new DescriptorHandle(LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_ROUTE));
        var links = new SockaddrNl { Family = Linux.AF_NETLINK, Groups = Native.RTMGRP_LINK };
        if (changes.IsInvalid || LibC.bind(changes.Descriptor, (sockaddr*)&links, (uint)sizeof(SockaddrNl)) != 0)
        {
            logger.InterfaceNotWatched(interfaceName!, Native.LastError.ToString());
            return;
        }

        const int MessageSize = 8192;
        byte* message = stackalloc byte[MessageSize];
        do
        {
            // A message says only that it is worth to look: what is cut off, or was lost (ENOBUFS), does no harm.
            if (IsThere != wasThere)
            {
                wasThere = !wasThere;
                manager.Status(Text());
            }
        }
        while (LibC.read(changes.Descriptor, message, MessageSize) >= 0 || Native.LastError is Errno.ENOBUFS or Errno.EINTR);
    }
}
