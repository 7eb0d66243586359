using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>The filters of both machines, and what they decide, in words: allow, trap, or an error.</summary>
internal static class Filters
{
    public const string Allow = "allow", Trap = "trap";

    private static readonly Dictionary<(string Entry, FilterOptions Options), ClassicBpf> Built = [];

    /// <summary>Each way into a kernel that we filter, by the machine that has it.</summary>
    public static readonly IReadOnlyDictionary<string, SyscallTable> Entries = new Dictionary<string, SyscallTable>
    {
        ["x86-64"] = SyscallTable.X86_64,
        ["i386"] = SyscallTable.I386,
        ["arm64"] = SyscallTable.Aarch64,
        ["arm"] = SyscallTable.Arm,
    };

    public static TheoryData<string> EntryNames => [.. Entries.Keys];

    /// <summary>Nothing to do but to log; see <see cref="FilterOptions.For"/>.</summary>
    public static readonly FilterOptions LogOnly = new(true, false, false);

    public static readonly FilterOptions Interface = new(true, true, false);

    public static readonly FilterOptions Dns = new(true, false, true);

    public static readonly FilterOptions InterfaceAndDns = new(true, true, true);

    /// <summary>The supervisor makes the sockets.</summary>
    public static readonly FilterOptions Strict = new(true, true, false, true, true);

    /// <summary>The same, and something is excluded.</summary>
    public static readonly FilterOptions StrictElsewhere = Strict with { TakesSocketsElsewhere = true };

    /// <summary>What --trace adds, here to everything else.</summary>
    public static readonly FilterOptions Trace = InterfaceAndDns with { TellsResults = true, ReadsNames = true, TellsRefusals = true };

    /// <summary>--summary alone, without an interface.</summary>
    public static readonly FilterOptions Summary = LogOnly with { ReadsNames = true, TellsRefusals = true };

    public static readonly FilterOptions DryRun = Interface with { ReadsNames = true, TellsRefusals = true, AllowsRefused = true };

    public static readonly FilterOptions InterfaceAndCopies = new(true, true, false) { KeepsCopies = true };

    public static readonly FilterOptions DnsAndCopies = new(true, false, true) { KeepsCopies = true };

    /// <summary>Every combination that the settings lead to, without trace and summary.</summary>
    public static readonly IReadOnlyList<FilterOptions> AllOptions =
        [default, LogOnly, Interface, Dns, InterfaceAndDns, Strict, StrictElsewhere, new(true, true, true, true, true), InterfaceAndCopies, DnsAndCopies];

    public static readonly IReadOnlyList<FilterOptions> WithTrace = [.. AllOptions, Trace, Summary];

    /// <summary>The tables of the machine that an entry belongs to.</summary>
    public static IReadOnlyList<SyscallTable> MachineOf(string entry) => entry is "x86-64" or "i386"
        ? [SyscallTable.X86_64, SyscallTable.I386]
        : [SyscallTable.Aarch64, SyscallTable.Arm];

    public static ClassicBpf Build(string entry, FilterOptions options)
    {
        lock (Built)
        {
            return Built.TryGetValue((entry, options), out ClassicBpf? filter)
                ? filter
                : Built[(entry, options)] = new ClassicBpf(FilterProgram.Build(new FilterRules(options), MachineOf(entry)));
        }
    }

    /// <summary>What is decided on a call that the table of an entry names.</summary>
    public static string Decide(string entry, FilterOptions options, SystemCall call, params ulong[] arguments) =>
        Decide(entry, options, new Call(Entries[entry].AuditArch, (uint)Entries[entry].Numbers[call], arguments));

    public static string Decide(string entry, FilterOptions options, in Call call, ISet<int>? looked = null) =>
        InWords(Build(entry, options).Run(call, looked));

    public static string InWords(uint action) => action switch
    {
        Native.SECCOMP_RET_ALLOW => Allow,
        Native.SECCOMP_RET_USER_NOTIF => Trap,
        _ when (action & 0xffff_0000) == Native.SECCOMP_RET_ERRNO => ((Errno)(action & 0xffff)).ToString(),
        _ => $"0x{action:x}",
    };
}
