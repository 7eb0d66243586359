using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>What the structs of Interop are called in C, with their fields.</summary>
internal static class NativeStructures
{
    public static readonly IReadOnlyDictionary<Type, (string Name, Dictionary<string, string> Fields)> InC =
        new Dictionary<Type, (string, Dictionary<string, string>)>
        {
            [typeof(SeccompNotif)] = ("struct seccomp_notif", new()
            {
                ["Id"] = "id", ["Pid"] = "pid", ["Flags"] = "flags", ["Data"] = "data",
            }),
            [typeof(SeccompNotifResp)] = ("struct seccomp_notif_resp", new()
            {
                ["Id"] = "id", ["Val"] = "val", ["Error"] = "error", ["Flags"] = "flags",
            }),
            [typeof(SeccompNotifSizes)] = ("struct seccomp_notif_sizes", new()
            {
                ["SeccompNotif"] = "seccomp_notif", ["SeccompNotifResp"] = "seccomp_notif_resp", ["SeccompData"] = "seccomp_data",
            }),
            [typeof(SeccompData)] = ("struct seccomp_data", new()
            {
                ["Nr"] = "nr", ["Arch"] = "arch", ["InstructionPointer"] = "instruction_pointer", ["Args"] = "args",
            }),
            [typeof(SockFilter)] = ("struct sock_filter", new() { ["Code"] = "code", ["Jt"] = "jt", ["Jf"] = "jf", ["K"] = "k" }),
            [typeof(SockFprog)] = ("struct sock_fprog", new() { ["Len"] = "len", ["Filter"] = "filter" }),
            [typeof(Iovec)] = ("struct iovec", new() { ["Base"] = "iov_base", ["Len"] = "iov_len" }),
            [typeof(MsghdrNative)] = ("struct msghdr", new()
            {
                ["Name"] = "msg_name", ["NameLength"] = "msg_namelen", ["Iov"] = "msg_iov", ["IovLength"] = "msg_iovlen",
                ["Control"] = "msg_control", ["ControlLength"] = "msg_controllen", ["Flags"] = "msg_flags",
            }),
            [typeof(Pollfd)] = ("struct pollfd", new() { ["Fd"] = "fd", ["Events"] = "events", ["Revents"] = "revents" }),
            [typeof(Ifreq)] = ("struct ifreq", new() { ["Name"] = "ifr_name", ["Index"] = "ifr_ifindex" }),
            [typeof(Statx)] = ("struct statx", new() { ["Ino"] = "stx_ino", ["DevMajor"] = "stx_dev_major", ["DevMinor"] = "stx_dev_minor" }),
            [typeof(Ifaddrs)] = ("struct ifaddrs", new()
            {
                ["Next"] = "ifa_next", ["Name"] = "ifa_name", ["Flags"] = "ifa_flags", ["Address"] = "ifa_addr",
                ["Netmask"] = "ifa_netmask", ["Destination"] = "ifa_dstaddr", ["Data"] = "ifa_data",
            }),
            [typeof(SockaddrNl)] = ("struct sockaddr_nl", new()
            {
                ["Family"] = "nl_family", ["Padding"] = "nl_pad", ["Port"] = "nl_pid", ["Groups"] = "nl_groups",
            }),
            [typeof(Sigset)] = ("sigset_t", new() { ["bits"] = "__val[0]" }),
            [typeof(Siginfo)] = ("siginfo_t", new()
            {
                ["Signo"] = "si_signo", ["Code"] = "si_code", ["Pid"] = "si_pid", ["Status"] = "si_status",
            }),
            [typeof(Rlimit)] = ("struct rlimit", new() { ["Cur"] = "rlim_cur", ["Max"] = "rlim_max" }),
            [typeof(Statx)] = ("struct statx", new() { ["Ino"] = "stx_ino", ["DevMajor"] = "stx_dev_major", ["DevMinor"] = "stx_dev_minor" }),
            [typeof(SchedAttr)] = ("struct sched_attr", new()
            {
                ["Size"] = "size", ["Policy"] = "sched_policy", ["Flags"] = "sched_flags", ["Nice"] = "sched_nice", ["Priority"] = "sched_priority",
                ["Runtime"] = "sched_runtime", ["Deadline"] = "sched_deadline", ["Period"] = "sched_period",
                ["UtilMin"] = "sched_util_min", ["UtilMax"] = "sched_util_max",
            }),
            [typeof(Termios)] = ("struct termios", new() { ["Lflag"] = "c_lflag" }),
            [typeof(SignalfdSiginfo)] = ("struct signalfd_siginfo", new()
            {
                ["Signo"] = "ssi_signo", ["Code"] = "ssi_code", ["Pid"] = "ssi_pid", ["Value"] = "ssi_ptr",
            }),
        };
}
