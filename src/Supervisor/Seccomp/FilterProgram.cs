using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// The seccomp filter as BPF. It decides from registers what it can, so that what cannot send an IP packet costs nothing, and
/// stops the rest.
/// </summary>
internal static class FilterProgram
{
    // struct seccomp_data.
    public const int NrOffset = 0;
    public const int ArchOffset = 4;
    private const int ArgsOffset = 16;

    /// <summary>So many calls are compared one after the other; more are divided first.</summary>
    private const int Few = 3;

    /// <summary>Where the lower half of an argument stands; both architectures are little-endian.</summary>
    public static int ArgumentOffset(int index) => ArgsOffset + 8 * index;

    /// <summary>Builds the filter for the entries of an architecture.</summary>
    public static SockFilter[] Build(FilterRules rules, IReadOnlyList<SyscallTable> tables)
    {
        var bpf = new BpfAssembler();
        // An entry that is not known could hide any call.
        BpfNode entry = bpf.Return(rules.UnknownEntry.ReturnValue);
        foreach (SyscallTable table in tables.Reverse())
        {
            entry = bpf.Jump(BpfAssembler.JumpIfEqual, table.AuditArch, Entry(table, rules), entry);
        }

        return BpfAssembler.Assemble(bpf.Load(ArchOffset, entry));
    }

    private static BpfNode Entry(SyscallTable table, FilterRules rules)
    {
        // Nodes are per entry, so that no conditional jump has to reach further than 255 instructions.
        var bpf = new BpfAssembler();
        BpfNode allow = bpf.Return(FilterAction.Allow.ReturnValue);
        List<(uint Number, BpfNode Rules)> calls =
        [
            .. table.Numbers.Where(pair => rules.Of(pair.Key).Count > 0).OrderBy(pair => pair.Value)
                .Select(pair => ((uint)pair.Value, new RuleCompiler(bpf, rules.Of(pair.Key)).Compile())),
        ];
        BpfNode beyond = table.RefusedNumberBit == 0 ? allow
            : bpf.Jump(BpfAssembler.JumpIfSet, table.RefusedNumberBit, bpf.Return(rules.UnknownEntry.ReturnValue), allow);
        return bpf.Load(NrOffset, Find(bpf, calls, allow, beyond));
    }

    /// <summary>Finds a call by its number.</summary>
    /// <param name="bpf">What makes the nodes.</param>
    /// <param name="calls">The calls, by ascending number.</param>
    /// <param name="other">What follows for a number that is not among them.</param>
    /// <param name="beyond">What follows for such a number where it may be greater than all of them.</param>
    private static BpfNode Find(BpfAssembler bpf, List<(uint Number, BpfNode Rules)> calls, BpfNode other, BpfNode beyond)
    {
        if (calls.Count > Few)
        {
            // Not in halves: the calls on sockets, which programs make often, have lower numbers than the others that are named.
            int lower = calls.Count / 4;
            return bpf.Jump(
                BpfAssembler.JumpIfGreaterOrEqual, calls[lower].Number,
                Find(bpf, calls[lower..], other, beyond), Find(bpf, calls[..lower], other, other));
        }

        BpfNode node = beyond;
        foreach ((uint number, BpfNode rules) in calls.AsEnumerable().Reverse())
        {
            node = bpf.Jump(BpfAssembler.JumpIfEqual, number, rules, node);
        }

        return node;
    }
}
