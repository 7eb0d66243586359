using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Filter;

/// <summary>
/// The seccomp filter: decides from registers what it can, so that what cannot send an IP packet costs
/// nothing, and traps the rest. Calls that it does not name are compared by number only, which lets the
/// kernel (5.11) keep them in its bitmap and skip the filter.
/// </summary>
internal static class FilterProgram
{
    private const int NrOffset = 0;
    private const int ArchOffset = 4;
    private const int ArgsOffset = 16;

    private const string Trap = "trap";
    private const string Allow = "allow";
    private const string NoSuchCall = "ENOSYS";
    private const string NoSuchFamily = "EAFNOSUPPORT";
    private const string NoSuchType = "ESOCKTNOSUPPORT";
    private const string NoSuchProtocol = "EPROTONOSUPPORT";
    private const string NoSuchNumber = "EINVAL";
    private const string NoSuchKey = "ENOKEY";

    // linux/net.h, SYS_…: the first argument of socketcall.
    private static readonly Dictionary<SystemCall, uint> SocketcallNumbers = new()
    {
        [SystemCall.Socket] = 1,
        [SystemCall.Connect] = 3,
        [SystemCall.Socketpair] = 8,
        [SystemCall.Sendto] = 11,
        [SystemCall.Recvfrom] = 12,
        [SystemCall.Setsockopt] = 14,
        [SystemCall.Getsockopt] = 15,
        [SystemCall.Sendmsg] = 16,
        [SystemCall.Sendmmsg] = 20,
    };

    /// <summary>Builds the filter for an architecture's entries.</summary>
    public static SockFilter[] Build(FilterOptions options, IReadOnlyList<SyscallTable> tables)
    {
        var bpf = new BpfAssembler();
        bpf.Load(ArchOffset);
        foreach (SyscallTable table in tables)
        {
            bpf.IfEqual(table.AuditArch, $"arch {table.AuditArch}");
        }

        // An entry that we do not know could hide any call.
        bpf.Ret(Error(Errno.ENOSYS));
        foreach (SyscallTable table in tables)
        {
            AddTable(bpf, table, options);
        }

        return bpf.Assemble();
    }

    /// <summary>The call that a socketcall stands for.</summary>
    public static SystemCall FromSocketcall(uint number)
    {
        foreach ((SystemCall call, uint known) in SocketcallNumbers)
        {
            if (known == number)
            {
                return call;
            }
        }

        return SystemCall.None;
    }

    /// <summary>How many arguments a socketcall reads (nargs in the kernel's net/socket.c).</summary>
    public static int SocketcallArguments(SystemCall call) => call switch
    {
        SystemCall.Socket or SystemCall.Connect or SystemCall.Sendmsg => 3,
        SystemCall.Sendmmsg or SystemCall.Socketpair => 4,
        SystemCall.Setsockopt or SystemCall.Getsockopt => 5,
        _ => 6,
    };

    private static void AddTable(BpfAssembler bpf, SyscallTable table, FilterOptions options)
    {
        // Labels are per entry, so that no conditional jump has to reach further than 255 instructions.
        string Local(string label) => $"{label} {table.AuditArch}";

        List<SystemCall> handled = [.. table.Numbers.Keys.Where(call => IsHandled(call, options))];
        bpf.Label($"arch {table.AuditArch}");
        bpf.Load(NrOffset);
        if (table.RefusedNumberBit != 0)
        {
            bpf.IfAnyBit(table.RefusedNumberBit, Local(NoSuchCall));
        }

        foreach (SystemCall call in handled)
        {
            bpf.IfEqual((uint)table.Numbers[call], Local(call.ToString()));
        }

        bpf.Jump(Local(Allow));
        foreach (SystemCall call in handled)
        {
            bpf.Label(Local(call.ToString()));
            AddRule(bpf, call, options, Local);
        }

        bpf.Label(Local(Allow));
        bpf.Ret(Native.SECCOMP_RET_ALLOW);
        bpf.Label(Local(Trap));
        bpf.Ret(Native.SECCOMP_RET_USER_NOTIF);
        bpf.Label(Local(NoSuchCall));
        bpf.Ret(Error(Errno.ENOSYS));
        bpf.Label(Local(NoSuchFamily));
        bpf.Ret(Error(Errno.EAFNOSUPPORT));
        bpf.Label(Local(NoSuchType));
        bpf.Ret(Error(Errno.ESOCKTNOSUPPORT));
        bpf.Label(Local(NoSuchProtocol));
        bpf.Ret(Error(Errno.EPROTONOSUPPORT));
        bpf.Label(Local(NoSuchNumber));
        bpf.Ret(Error(Errno.EINVAL));
        bpf.Label(Local(NoSuchKey));
        bpf.Ret(Error(Errno.ENOKEY));
    }

    private static bool IsHandled(SystemCall call, FilterOptions options) => call switch
    {
        SystemCall.Recvfrom => options.RestoresDnsSource,
        SystemCall.Socket or SystemCall.Socketpair or SystemCall.Setsockopt or SystemCall.Getsockopt or SystemCall.RequestKey =>
            options.BindsToInterface,
        _ => options.JudgesDestinations,
    };

    private static void AddRule(BpfAssembler bpf, SystemCall call, FilterOptions options, Func<string, string> local)
    {
        switch (call)
        {
            case SystemCall.Sendto or SystemCall.Recvfrom:
                // Without an address it goes to, or comes from, whom the socket is connected to.
                IfArgumentIsNonzero(bpf, 4, local(Trap));
                bpf.Jump(local(Allow));
                break;
            case SystemCall.Socket or SystemCall.Socketpair:
                AddSocket(bpf, call, local);
                break;
            case SystemCall.Setsockopt:
                AddSocketOptions(bpf, call, SocketOption.Judged, local);
                break;
            case SystemCall.Getsockopt:
                AddSocketOptions(bpf, call, [(Linux.SOL_SCTP, [Linux.SCTP_SOCKOPT_CONNECTX3])], local);
                break;
            case SystemCall.Socketcall:
                LoadArgument(bpf, 0);
                foreach ((SystemCall inner, uint number) in SocketcallNumbers.Where(pair => IsHandled(pair.Key, options)))
                {
                    bpf.IfEqual(number, local(Trap));
                }

                bpf.Jump(local(Allow));
                break;
            case SystemCall.RequestKey:
                // With a text for the call-out the kernel starts a helper as root, outside the filter, to make the key:
                // the one for dns_resolver asks a nameserver.
                IfArgumentIsNonzero(bpf, 2, local(NoSuchKey));
                bpf.Jump(local(Allow));
                break;
            case SystemCall.IoUringSetup or SystemCall.IoUringEnter or SystemCall.IoUringRegister:
                // It would connect and send without a system call.
                bpf.Jump(local(NoSuchCall));
                break;
            default:
                bpf.Jump(local(Trap));
                break;
        }
    }

    private static void AddSocket(BpfAssembler bpf, SystemCall call, Func<string, string> local)
    {
        string ipSocket = local($"IP {call}");
        LoadArgument(bpf, 0);
        foreach (int family in AddressFamilies.Allowed)
        {
            bpf.IfEqual((uint)family, family is Linux.AF_INET or Linux.AF_INET6 ? ipSocket : local(Allow));
        }

        bpf.Jump(local(NoSuchFamily));
        // In the kernel's order, as AddressFamilies.JudgeIpSocket.
        bpf.Label(ipSocket);
        LoadArgument(bpf, 1);
        bpf.IfAnyBit(AddressFamilies.UnknownTypeBits, local(NoSuchNumber));
        bpf.And(AddressFamilies.SockTypeMask);
        bpf.IfAtLeast(AddressFamilies.SockMax, local(NoSuchNumber));
        bpf.IfEqual(Linux.SOCK_PACKET, local(NoSuchFamily));
        LoadArgument(bpf, 2);
        bpf.IfAtLeast(AddressFamilies.ProtocolMax, local(NoSuchNumber));
        LoadArgument(bpf, 1);
        bpf.And(AddressFamilies.SockTypeMask);
        bpf.IfEqual(Linux.SOCK_RAW, local($"raw {call}"));
        foreach (int type in AddressFamilies.Protocols.Keys)
        {
            bpf.IfEqual((uint)type, local($"type {type} of {call}"));
        }

        bpf.Jump(local(NoSuchType));
        foreach ((int type, int[] protocols) in AddressFamilies.Protocols)
        {
            bpf.Label(local($"type {type} of {call}"));
            LoadArgument(bpf, 2);
            foreach (int protocol in protocols)
            {
                bpf.IfEqual((uint)protocol, local(Allow));
            }

            bpf.Jump(local(type == Linux.SOCK_SEQPACKET ? NoSuchType : NoSuchProtocol));
        }

        bpf.Label(local($"raw {call}"));
        LoadArgument(bpf, 2);
        bpf.IfAnyBit(AddressFamilies.BeyondHeader, local(NoSuchProtocol));
        bpf.Jump(local(Allow));
    }

    private static void AddSocketOptions(
        BpfAssembler bpf, SystemCall call, IReadOnlyList<(int Level, int[] Names)> options, Func<string, string> local)
    {
        // Both are ints: the kernel ignores the upper halves of their registers.
        foreach ((int level, int[] names) in options)
        {
            string next = local($"after level {level} of {call}");
            LoadArgument(bpf, 1);
            bpf.IfEqual((uint)level, null, next);
            LoadArgument(bpf, 2);
            foreach (int name in names)
            {
                bpf.IfEqual((uint)name, local(Trap));
            }

            bpf.Label(next);
        }

        bpf.Jump(local(Allow));
    }

    private static void IfArgumentIsNonzero(BpfAssembler bpf, int index, string then)
    {
        LoadArgument(bpf, index);
        bpf.IfAnyBit(uint.MaxValue, then);
        bpf.Load(ArgsOffset + 8 * index + 4);
        bpf.IfAnyBit(uint.MaxValue, then);
    }

    /// <summary>Loads the lower half of an argument; both architectures are little-endian.</summary>
    private static void LoadArgument(BpfAssembler bpf, int index) => bpf.Load(ArgsOffset + 8 * index);

    private static uint Error(Errno errno) => Native.SECCOMP_RET_ERRNO | (uint)errno;
}
