using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

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
            [typeof(OpenHow)] = ("struct open_how", new() { ["Flags"] = "flags", ["Mode"] = "mode", ["Resolve"] = "resolve" }),
            [typeof(SeccompNotifAddfd)] = ("struct seccomp_notif_addfd", new()
            {
                ["Id"] = "id", ["Flags"] = "flags", ["Source"] = "srcfd", ["Number"] = "newfd", ["NumberFlags"] = "newfd_flags",
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
            [typeof(Ifreq)] = ("struct ifreq", new() { ["Name"] = "ifr_name", ["Index"] = "ifr_ifindex" }),
            [typeof(Ifaddrs)] = ("struct ifaddrs", new()
            {
                ["Next"] = "ifa_next", ["Name"] = "ifa_name", ["Flags"] = "ifa_flags", ["Address"] = "ifa_addr",
                ["Netmask"] = "ifa_netmask", ["Destination"] = "ifa_dstaddr", ["Data"] = "ifa_data",
            }),
            [typeof(Addrinfo)] = ("struct addrinfo", new()
            {
                ["Flags"] = "ai_flags", ["Family"] = "ai_family", ["SocketType"] = "ai_socktype", ["Protocol"] = "ai_protocol",
                ["AddressLength"] = "ai_addrlen", ["Address"] = "ai_addr", ["CanonicalName"] = "ai_canonname", ["Next"] = "ai_next",
            }),
            [typeof(SockaddrNl)] = ("struct sockaddr_nl", new()
            {
                ["Family"] = "nl_family", ["Padding"] = "nl_pad", ["Port"] = "nl_pid", ["Groups"] = "nl_groups",
            }),
            [typeof(Siginfo)] = ("siginfo_t", new()
            {
                ["Signo"] = "si_signo", ["Code"] = "si_code", ["Pid"] = "si_pid", ["Status"] = "si_status",
            }),
            [typeof(SchedAttr)] = ("struct sched_attr", new()
            {
                ["Size"] = "size", ["Policy"] = "sched_policy", ["Flags"] = "sched_flags", ["Nice"] = "sched_nice", ["Priority"] = "sched_priority",
                ["Runtime"] = "sched_runtime", ["Deadline"] = "sched_deadline", ["Period"] = "sched_period",
                ["UtilMin"] = "sched_util_min", ["UtilMax"] = "sched_util_max",
            }),
            [typeof(Rlimit)] = ("struct rlimit", new() { ["Cur"] = "rlim_cur", ["Max"] = "rlim_max" }),
            [typeof(SignalfdSiginfo)] = ("struct signalfd_siginfo", new()
            {
                ["Signo"] = "ssi_signo", ["Code"] = "ssi_code", ["Pid"] = "ssi_pid", ["Value"] = "ssi_ptr",
            }),
        };

    /// <summary>The structures that are used from Tmds.LibC, with the fields and properties that are.</summary>
    public static readonly IReadOnlyDictionary<Type, (string Name, string[] Members)> OfTmdsLibC =
        new Dictionary<Type, (string, string[])>
        {
            [typeof(iovec)] = ("struct iovec", ["iov_base", "iov_len"]),
            [typeof(msghdr)] = ("struct msghdr", ["msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_control", "msg_controllen", "msg_flags"]),
            [typeof(pollfd)] = ("struct pollfd", ["fd", "events", "revents"]),
            [typeof(epoll_event)] = ("struct epoll_event", ["events", "data"]),
            [typeof(cpu_set_t)] = ("cpu_set_t", []),
            [typeof(sigaction)] = ("struct sigaction", ["sa_handler", "sa_mask", "sa_flags", "sa_restorer"]),
            [typeof(sigset_t)] = ("sigset_t", []),
            [typeof(sigval)] = ("union sigval", ["sival_ptr"]),
            [typeof(statx)] = ("struct statx", ["stx_ino", "stx_dev_major", "stx_dev_minor", "stx_uid", "stx_gid", "stx_mode"]),
            [typeof(termios)] = ("struct termios", ["c_lflag"]),
            [typeof(socklen_t)] = ("socklen_t", []),
            [typeof(size_t)] = ("size_t", []),
            [typeof(ssize_t)] = ("ssize_t", []),
            [typeof(off_t)] = ("off_t", []),
            [typeof(pid_t)] = ("pid_t", []),
        };
}
