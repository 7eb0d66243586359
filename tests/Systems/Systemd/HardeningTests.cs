namespace BindToInterface.Systems;

/// <summary>Each hardening directive by itself, on an ordinary user's service: docs/systemd.md states what these show.</summary>
public sealed class HardeningTests(Machine machine) : SystemdTest(machine)
{
    [SystemsTheory]
    [InlineData("AmbientCapabilities=")]
    [InlineData("CapabilityBoundingSet=")]
    [InlineData("DevicePolicy=closed")]
    [InlineData("DynamicUser=yes")]
    [InlineData("IPAddressDeny=10.99.0.0/16")]
    [InlineData("KeyringMode=private")]
    [InlineData("LimitCORE=0")]
    [InlineData("LimitNOFILE=64")]
    [InlineData("LockPersonality=yes")]
    [InlineData("MemoryDenyWriteExecute=yes")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("PrivateDevices=yes")]
    [InlineData("PrivateIPC=yes")]
    [InlineData("PrivateTmp=yes")]
    [InlineData("PrivateUsers=yes")]
    [InlineData("ProcSubset=pid")]
    [InlineData("ProtectClock=yes")]
    [InlineData("ProtectControlGroups=yes")]
    [InlineData("ProtectHome=yes")]
    [InlineData("ProtectHostname=yes")]
    [InlineData("ProtectKernelLogs=yes")]
    [InlineData("ProtectKernelModules=yes")]
    [InlineData("ProtectKernelTunables=yes")]
    [InlineData("ProtectProc=invisible")]
    [InlineData("ProtectProc=noaccess")]
    [InlineData("ProtectProc=ptraceable")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("RemoveIPC=yes")]
    [InlineData("RestrictAddressFamilies=AF_INET AF_INET6")]
    [InlineData("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK")]
    [InlineData("RestrictNamespaces=yes")]
    [InlineData("RestrictRealtime=yes")]
    [InlineData("RestrictSUIDSGID=yes")]
    [InlineData("SystemCallArchitectures=native")]
    [InlineData("SystemCallFilter=@system-service seccomp")]
    [InlineData("SystemCallFilter=@system-service seccomp pidfd_getfd")]
    [InlineData("SystemCallFilter=~@debug")]
    [InlineData("SystemCallFilter=~process_vm_readv")]
    [InlineData("SystemCallFilter=~@clock @cpu-emulation @module @mount @obsolete @raw-io @reboot @swap")]
    [InlineData("TasksMax=64")]
    [InlineData("UMask=0777")]
    public void Can_be_used(string directive)
    {
        Run(directive).AnsweredBy(Side.Ovpn, Internet.Web4);

        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    [SystemsTheory]
    [InlineData("SystemCallFilter=@system-service", "SystemCallFilter=")]
    [InlineData("SystemCallFilter=@system-service pidfd_getfd", "SystemCallFilter=")]
    public void Cannot_be_used_and_one_line_says_what_to_add(string directive, string remedy)
    {
        var result = Run(directive).ExitsWith(125);

        Assert.Contains(remedy, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Machine.Lab.NothingLeftBy(Side.Lan0);
    }

    private Result Run(string directive) => Machine.Run(
        "systemd-run", "--quiet", "--wait", "--pipe", "--property=User=nobody", "--property=SystemCallErrorNumber=EPERM", $"--property={directive}",
        "bti-supervise", "--interface", "ovpn", "--", "curl", "-sS", Internet.WebUrl(Internet.Web4));
}
