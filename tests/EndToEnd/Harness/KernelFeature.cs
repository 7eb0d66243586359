namespace BindToInterface.EndToEnd;

/// <summary>What some tests need of the kernel, and not every kernel has.</summary>
public enum KernelFeature
{
    /// <summary>Runs 32-bit programs (not with ia32_emulation=0, and not in some virtual machines).</summary>
    Programs32,

    /// <summary>Takes 32-bit calls of 64-bit programs, by int 0x80.</summary>
    Int80,

    MultipathTcp,

    /// <summary>Removed from newer kernels.</summary>
    UdpLite,

    /// <summary>Not with kernel.io_uring_disabled.</summary>
    IoUring,

    Ipv6,
    NetworkNamespaces,
    Nftables,
}
