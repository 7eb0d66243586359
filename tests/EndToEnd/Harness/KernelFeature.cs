namespace BindToInterface.EndToEnd;

/// <summary>What some tests need of the kernel, and not every kernel has, or permits. <see cref="Kernel"/> tries each.</summary>
public enum KernelFeature
{
    /// <summary>Runs 32-bit programs (not with ia32_emulation=0, and not in some virtual machines).</summary>
    Programs32,

    /// <summary>Takes 32-bit calls of 64-bit programs, by int 0x80.</summary>
    Int80,

    MultipathTcp,
    Sctp,

    /// <summary>Removed from newer kernels.</summary>
    UdpLite,

    /// <summary>Not with kernel.io_uring_disabled.</summary>
    IoUring,

    /// <summary>IPv6 in a network namespace of one's own. disable_ipv6 of the machine's own namespace does not matter.</summary>
    Ipv6,

    /// <summary>IPv6 on the loopback interface that the tests themselves see.</summary>
    Ipv6Loopback,

    NetworkNamespaces,

    /// <summary>User namespaces that ordinary users make, with processes and a /proc of their own. Some systems forbid them.</summary>
    UserNamespaces,

    /// <summary>nftables, with all that the lab's counters use.</summary>
    Nftables,

    /// <summary>Control groups of version 2, with a freezer. They need not be mounted.</summary>
    ControlGroups2,

    /// <summary>Control groups of either version that root can make: what a booted system and containers run in.</summary>
    ControlGroups,

    /// <summary>overlayfs, in which the booted system stands.</summary>
    OverlayFiles,

    Fuse,
    Userfault,

    /// <summary>/proc/sys/kernel/ns_last_pid, by which a test chooses the next process id.</summary>
    LastPid,

    /// <summary>perf_event_open(2) for ordinary users as well.</summary>
    PerfEvents,

    Keyrings,
}
