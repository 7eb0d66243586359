using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// What the filter decides, as a table. <see cref="FilterProgram"/> renders the rows to BPF for the kernel;
/// <see cref="Match"/> evaluates them where the arguments of a call are in memory, which the kernel's filter cannot read.
/// </summary>
internal sealed class FilterRules
{
    // linux/sched.h: CLONE_FILES, CLONE_THREAD.
    private const uint CloneFiles = 0x400, CloneThread = 0x1_0000;

    /// <summary>
    /// All rows. The last row of a call has no tests. A call without rows is allowed by its number alone: from 5.11 the kernel
    /// keeps such calls in a bitmap and does not run the filter for them.
    /// </summary>
    public static readonly IReadOnlyList<FilterRule> All =
    [
        new(SystemCall.Connect, FilterNeed.Destinations, [], FilterAction.Notify(CallHandler.Connect)),

        // Without an address it goes to whom the socket is connected to.
        new(SystemCall.Sendto, FilterNeed.Destinations, [NotNull("dest_addr", 4)], FilterAction.Notify(CallHandler.Send)),
        new(SystemCall.Sendto, FilterNeed.Destinations, [], FilterAction.Allow),
        new(SystemCall.Sendmsg, FilterNeed.Destinations, [], FilterAction.Notify(CallHandler.Message)),
        new(SystemCall.Sendmmsg, FilterNeed.Destinations, [], FilterAction.Notify(CallHandler.Vector)),

        new(SystemCall.Recvfrom, FilterNeed.DnsSource, [NotNull("src_addr", 4)], FilterAction.Notify(CallHandler.Receive)),
        // Without an address, and by read(2), it is told by the length for which DNS programs have agreed on one.
        new(SystemCall.Recvfrom, FilterNeed.Names, [Int("len", 2, DnsBufferLength)], FilterAction.Notify(CallHandler.Receive)),
        new(SystemCall.Recvfrom, FilterNeed.DnsSource, [], FilterAction.Allow),
        new(SystemCall.Recvmsg, FilterNeed.Names, [], FilterAction.Notify(CallHandler.Receive)),
        new(SystemCall.Recvmmsg, FilterNeed.Names, [], FilterAction.Notify(CallHandler.Receive)),
        new(SystemCall.Read, FilterNeed.Names, [Int("count", 2, DnsBufferLength)], FilterAction.Notify(CallHandler.Receive)),
        new(SystemCall.Read, FilterNeed.Names, [], FilterAction.Allow),

        new(SystemCall.Bind, FilterNeed.Copies, [], FilterAction.Notify(CallHandler.Port)),
        new(SystemCall.Listen, FilterNeed.Copies, [], FilterAction.Notify(CallHandler.Port)),
        new(SystemCall.Listen, FilterNeed.StrictElsewhere, [], FilterAction.Notify(CallHandler.Port)),

        .. SocketRows(SystemCall.Socket),
        new(SystemCall.Socket, FilterNeed.CopiesAlone, [Int("family", 0, Linux.AF_INET, Linux.AF_INET6)], FilterAction.Notify(CallHandler.Birth)),
        new(SystemCall.Socket, FilterNeed.CopiesAlone, [], FilterAction.Allow),
        .. SocketRows(SystemCall.Socketpair),

        .. SocketOption.Judged.Select(option => OptionRow(SystemCall.Setsockopt, option.Level, option.Names)),
        new(SystemCall.Setsockopt, FilterNeed.Interface, [], FilterAction.Allow),
        OptionRow(SystemCall.Getsockopt, Linux.SOL_SCTP, [Linux.SCTP_SOCKOPT_CONNECTX3]),
        new(SystemCall.Getsockopt, FilterNeed.Results, [Int("level", 1, Linux.SOL_SOCKET), Int("optname", 2, Linux.SO_ERROR)], FilterAction.Notify(CallHandler.SocketError)),
        new(SystemCall.Getsockopt, FilterNeed.Interface, [], FilterAction.Allow),
        new(SystemCall.Getsockopt, FilterNeed.Results, [], FilterAction.Allow),

        // It would connect and send without a system call.
        new(SystemCall.IoUringSetup, FilterNeed.Destinations, [], FilterAction.Fail(Errno.ENOSYS)),
        new(SystemCall.IoUringEnter, FilterNeed.Destinations, [], FilterAction.Fail(Errno.ENOSYS)),
        new(SystemCall.IoUringRegister, FilterNeed.Destinations, [], FilterAction.Fail(Errno.ENOSYS)),

        // Descriptors are shared by the threads of a process alone: one that has a single thread cannot swap them under a call. The
        // flags of clone3 are in memory; C libraries take clone instead.
        new(SystemCall.Clone, FilterNeed.Strict, [Int("flags", 0, CloneFiles) with { Mask = CloneFiles | CloneThread }], FilterAction.Fail(Errno.EPERM)),
        new(SystemCall.Clone, FilterNeed.Strict, [], FilterAction.Allow),
        new(SystemCall.Clone3, FilterNeed.Strict, [], FilterAction.Fail(Errno.ENOSYS)),

        // With a text for the call-out the kernel starts a helper as root, outside the filter, to make the key. The helper for
        // dns_resolver asks a nameserver.
        new(SystemCall.RequestKey, FilterNeed.Interface, [NotNull("callout_info", 2)], FilterAction.Fail(Errno.ENOKEY)),
        new(SystemCall.RequestKey, FilterNeed.Interface, [], FilterAction.Allow),
    ];

    /// <summary>The size of a reply that programs take over UDP (dnsflagday.net/2020); Go reads with a buffer of it.</summary>
    private const uint DnsBufferLength = 1232;

    // By the number of a SystemCall. No rows: the filter does not name the call.
    private readonly FilterRule[][] rows;

    /// <summary>The rows that are needed.</summary>
    public FilterRules(FilterOptions options)
    {
        MakesSockets = options.Has(FilterNeed.Births);
        IsStrict = options.Has(FilterNeed.Strict);
        rows = new FilterRule[(int)SystemCall.RequestKey + 1][];
        Array.Fill(rows, []);
        UnknownEntry = options.AllowsRefused ? FilterAction.Allow : FilterAction.Fail(Errno.ENOSYS);
        foreach (FilterRule rule in All)
        {
            ref FilterRule[] before = ref rows[(int)rule.Call];
            // Two needs may each bring the row that always holds.
            if (options.Has(rule.Need) && before is not [.., { Tests.Length: 0 }])
            {
                before = [.. before, options.TellsRefusals ? rule with { Action = rule.Action.Told } : rule];
            }
        }

        uint[] stopped = [.. SocketcallTable.Rows.Where(row => Of(row.Call).Count > 0).Select(row => row.Number)];
        if (stopped.Length > 0)
        {
            rows[(int)SystemCall.Socketcall] =
            [
                new(SystemCall.Socketcall, FilterNeed.Destinations, [Int("call", 0, stopped)], FilterAction.Notify(CallHandler.Socketcall)),
                new(SystemCall.Socketcall, FilterNeed.Destinations, [], FilterAction.Allow),
            ];
        }
    }

    /// <summary>What happens with a call by an entry that is not known: it could be any call.</summary>
    public FilterAction UnknownEntry { get; }

    /// <summary>Whether the supervisor makes the program's IP sockets.</summary>
    public bool MakesSockets { get; }

    /// <summary>Whether the program is taken for hostile.</summary>
    public bool IsStrict { get; }

    /// <summary>The rows of a call, in order; none where the filter does not name it.</summary>
    public IReadOnlyList<FilterRule> Of(SystemCall call) => rows[(int)call];

    /// <summary>The row that counts for a call; null where the filter does not name the call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="arguments">Its six arguments, as the registers would have them.</param>
    public FilterRule? Match(SystemCall call, ReadOnlySpan<ulong> arguments)
    {
        foreach (FilterRule rule in rows[(int)call])
        {
            if (rule.Holds(arguments))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>
    /// socket(2) and socketpair(2): what is allowed first, then the errors in the order in which the kernel looks for them
    /// (__sys_socket, __sock_create, inet_create).
    /// </summary>
    private static IEnumerable<FilterRule> SocketRows(SystemCall call)
    {
        ArgumentTest Type(params uint[] types) => Int("type", 1, types) with { Mask = AddressFamilies.SockTypeMask };
        FilterRule Row(FilterAction action, params ArgumentTest[] tests) => new(call, FilterNeed.Interface, tests, action);
        FilterAction invalid = FilterAction.Fail(Errno.EINVAL), noFamily = FilterAction.Fail(Errno.EAFNOSUPPORT);
        // socketpair makes no IP sockets, whatever it is asked for: the kernel says so.
        FilterRule[] Open(params ArgumentTest[] tests) => call != SystemCall.Socket ? [Row(FilterAction.Allow, tests)] :
        [
            Row(FilterAction.Notify(CallHandler.Birth), tests) with { Need = FilterNeed.Births },
            Row(FilterAction.Allow, tests) with { Need = FilterNeed.NoBirths },
        ];

        yield return Row(noFamily, new ArgumentTest("family", 0, ArgumentComparison.NotIn, Numbers(AddressFamilies.Allowed)));
        if (call == SystemCall.Socket)
        {
            yield return Row(
                FilterAction.Notify(CallHandler.Birth),
                Int("family", 0, Linux.AF_UNIX, Linux.AF_NETLINK),
                new ArgumentTest("type", 1, ArgumentComparison.NoBit, AddressFamilies.UnknownTypeBits)) with { Need = FilterNeed.LocalBirths };
        }

        yield return Row(FilterAction.Allow, new ArgumentTest("family", 0, ArgumentComparison.NotIn, Linux.AF_INET, Linux.AF_INET6));
        yield return Row(invalid, new ArgumentTest("type", 1, ArgumentComparison.AnyBit, AddressFamilies.UnknownTypeBits));
        foreach ((int type, int[] protocols) in AddressFamilies.Protocols)
        {
            foreach (FilterRule row in Open(Type((uint)type), Int("protocol", 2, Numbers(protocols))))
            {
                yield return row;
            }
        }

        foreach (FilterRule row in Open(Type(Linux.SOCK_RAW), new ArgumentTest("protocol", 2, ArgumentComparison.NoBit, AddressFamilies.BeyondHeader)))
        {
            yield return row;
        }

        if (call == SystemCall.Socket)
        {
            // It becomes a TCP socket, which the kernel does not make of it.
            yield return Row(FilterAction.Notify(CallHandler.Birth), Type(Linux.SOCK_STREAM), Int("protocol", 2, Linux.IPPROTO_MPTCP));
        }

        yield return Row(
            invalid, new ArgumentTest("type", 1, ArgumentComparison.AtLeast, AddressFamilies.SockMax) { Mask = AddressFamilies.SockTypeMask });
        yield return Row(noFamily, Type(Linux.SOCK_PACKET));
        yield return Row(invalid, new ArgumentTest("protocol", 2, ArgumentComparison.AtLeast, AddressFamilies.ProtocolMax));
        // Of SOCK_SEQPACKET there is SCTP alone.
        uint[] otherProtocols = [.. Numbers(AddressFamilies.Protocols.Keys).Where(type => type != Linux.SOCK_SEQPACKET), Linux.SOCK_RAW];
        yield return Row(FilterAction.Fail(Errno.EPROTONOSUPPORT), Type(otherProtocols));
        yield return Row(FilterAction.Fail(Errno.ESOCKTNOSUPPORT));
    }

    private static FilterRule OptionRow(SystemCall call, int level, int[] names) => new(
        call, FilterNeed.Interface, [Int("level", 1, (uint)level), Int("optname", 2, Numbers(names))], FilterAction.Notify(CallHandler.SocketOption));

    private static ArgumentTest Int(string name, int index, params uint[] values) => new(name, index, ArgumentComparison.In, values);

    private static ArgumentTest NotNull(string name, int index) => new(name, index, ArgumentComparison.NotNull);

    private static uint[] Numbers(IEnumerable<int> numbers) => [.. numbers.Select(number => (uint)number)];
}
