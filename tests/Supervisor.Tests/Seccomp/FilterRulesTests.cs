using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>The table of rules: its rows as BPF and its rows evaluated decide alike.</summary>
public sealed class FilterRulesTests
{
    private const uint X32Bit = 0x4000_0000;

    /// <summary>What the upper half of an int's register may hold.</summary>
    private const ulong Upper = 0xdead_beef_0000_0000;

    public static TheoryData<string> EntryNames => Filters.EntryNames;

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void Every_row_decides_the_same_as_BPF_and_evaluated(string entry)
    {
        foreach (FilterOptions options in Filters.WithTrace)
        {
            var rules = new FilterRules(options);
            var seen = new HashSet<FilterRule>(ReferenceEqualityComparer.Instance);
            IEnumerable<SystemCall> named = Filters.Entries[entry].Numbers.Keys.Where(call => rules.Of(call).Count > 0);
            foreach (SystemCall call in named)
            {
                foreach (ulong[] arguments in Cases(rules.Of(call)))
                {
                    FilterRule rule = rules.Match(call, arguments)!;
                    seen.Add(rule);
                    string rendered = Filters.Decide(entry, options, call, arguments);
                    string evaluated = Filters.InWords(rule.Action.ReturnValue);
                    Assert.True(rendered == evaluated, $"{call}({string.Join(", ", arguments)}): BPF says {rendered}, the rows {evaluated}");
                }

                Assert.All(rules.Of(call), rule => Assert.True(seen.Contains(rule), $"no case for the row: {call}, {rule.Condition}"));
            }
        }
    }

    /// <summary>The same arguments by an entry that is not known, and by x32.</summary>
    [Theory]
    [MemberData(nameof(EntryNames))]
    public void No_row_holds_by_a_wrong_architecture(string entry)
    {
        SyscallTable table = Filters.Entries[entry];
        foreach (FilterOptions options in Filters.WithTrace)
        {
            var rules = new FilterRules(options);
            foreach ((SystemCall call, int number) in table.Numbers)
            {
                foreach (ulong[] arguments in Cases(rules.Of(call)).Take(200))
                {
                    Assert.Equal("ENOSYS", Filters.Decide(entry, options, new Call(table.AuditArch ^ 1, (uint)number, arguments)));
                    Assert.Equal("ENOSYS", Filters.Decide(entry, options, new Call(0, (uint)number, arguments)));
                    if (table.RefusedNumberBit != 0)
                    {
                        Assert.Equal(X32Bit, table.RefusedNumberBit);
                        Assert.Equal("ENOSYS", Filters.Decide(entry, options, new Call(table.AuditArch, (uint)number | X32Bit, arguments)));
                    }
                }
            }
        }
    }

    /// <summary>So that whatever the arguments are, a row counts for a call that the filter names.</summary>
    [Fact]
    public void The_last_row_of_a_call_always_holds_and_no_other_does()
    {
        foreach (FilterOptions options in Filters.WithTrace)
        {
            var rules = new FilterRules(options);
            foreach (SystemCall call in Enum.GetValues<SystemCall>().Where(call => rules.Of(call).Count > 0))
            {
                Assert.All(rules.Of(call).SkipLast(1), rule => Assert.NotEmpty(rule.Tests));
                Assert.Empty(rules.Of(call)[^1].Tests);
            }
        }
    }

    [Fact]
    public void Every_row_that_stops_a_call_names_who_answers_and_no_other_does()
    {
        IEnumerable<FilterRule> socketcalls = new FilterRules(Filters.InterfaceAndDns).Of(SystemCall.Socketcall);
        IEnumerable<FilterRule> told = FilterRules.All.Select(rule => rule with { Action = rule.Action.Told }).Where(rule => rule.Action.Handler == CallHandler.Refusal);
        Assert.All(told, rule => Assert.NotEqual(Policy.Errno.None, rule.Action.Error));
        Assert.All(FilterRules.All.Concat(socketcalls), rule =>
        {
            Assert.Equal(rule.Action.Kind == FilterActionKind.Notify, rule.Action.Handler != CallHandler.None);
            Assert.Equal(rule.Action.Kind == FilterActionKind.Fail, rule.Action.Error != Policy.Errno.None);
        });
        Assert.Equal(
            Enum.GetValues<CallHandler>().Where(handler => handler != CallHandler.None),
            FilterRules.All.Concat(socketcalls).Concat(told).Select(rule => rule.Action.Handler).Where(handler => handler != CallHandler.None).Distinct().Order());
    }

    [Fact]
    public void A_call_without_rows_has_no_row_that_counts()
    {
        Assert.Null(new FilterRules(Filters.InterfaceAndDns).Match(SystemCall.None, new ulong[6]));
        Assert.Null(new FilterRules(Filters.Interface).Match(SystemCall.Recvfrom, [3, 1, 1, 0, 1, 1]));
        Assert.Null(new FilterRules(default).Match(SystemCall.Connect, new ulong[6]));
    }

    /// <summary>What socketcall reads from memory are words of 32 bits; the rows decide on them as BPF does on registers.</summary>
    [Theory]
    [InlineData(1, 0, Filters.Allow)]
    [InlineData(1, 6, Filters.Allow)]
    [InlineData(2, 17, Filters.Allow)]
    [InlineData(2, 136, Filters.Allow)]
    [InlineData(3, 1, Filters.Allow)]
    [InlineData(3, 255, Filters.Allow)]
    [InlineData(5, 132, Filters.Allow)]
    [InlineData(10, 0, "EAFNOSUPPORT")] // SOCK_PACKET
    [InlineData(10, 263, "EAFNOSUPPORT")]
    [InlineData(11, 0, "EINVAL")]
    [InlineData(0x11, 0, "EINVAL")] // a flag that the kernel does not know
    [InlineData(5, 6, "ESOCKTNOSUPPORT")]
    [InlineData(4, 263, "EINVAL")]
    [InlineData(1, 256, "EPROTONOSUPPORT")] // SMC
    [InlineData(2, 115, "EPROTONOSUPPORT")] // L2TP
    [InlineData(3, 115, Filters.Allow)]
    [InlineData(3, 256, "EPROTONOSUPPORT")]
    [InlineData(1, 263, "EINVAL")] // a later kernel's
    [InlineData(1, 33, "EPROTONOSUPPORT")]
    [InlineData(2, 6, "EPROTONOSUPPORT")]
    [InlineData(2, 58, Filters.Allow)]
    [InlineData(1, 132, Filters.Allow)]
    [InlineData(1, -1, "EINVAL")]
    [InlineData(3, 512, "EINVAL")]
    [InlineData(6, 0, "ESOCKTNOSUPPORT")] // DCCP
    [InlineData(4, 0, "ESOCKTNOSUPPORT")]
    public void An_IP_socket_is_of_a_type_and_a_protocol_of_the_list(int type, int protocol, string decision)
    {
        const uint Flags = 0x80000 | 0x800; // SOCK_CLOEXEC, SOCK_NONBLOCK
        var rules = new FilterRules(Filters.Interface);
        // MPTCP, which becomes TCP.
        Assert.Equal(Filters.Trap, Filters.InWords(rules.Match(SystemCall.Socket, [2, 1 | Flags, 262, 0, 0, 0])!.Action.ReturnValue));
        Assert.Equal("EPROTONOSUPPORT", Filters.InWords(rules.Match(SystemCall.Socketpair, [2, 1, 262, 0, 0, 0])!.Action.ReturnValue));
        foreach (SystemCall call in new[] { SystemCall.Socket, SystemCall.Socketpair })
        {
            foreach (ulong family in new ulong[] { 2, 10 })
            {
                Assert.Equal(decision, Evaluate(family, (uint)type, (uint)protocol));
                Assert.Equal(decision, Evaluate(family, (uint)type | Flags, (uint)protocol));
            }

            string Evaluate(params ulong[] arguments) => Filters.InWords(rules.Match(call, [.. arguments, 0, 0, 0])!.Action.ReturnValue);
        }
    }

    /// <summary>Arguments around every value that a row compares with, in all combinations.</summary>
    private static IEnumerable<ulong[]> Cases(IReadOnlyList<FilterRule> rules)
    {
        ulong[][] candidates = [.. Enumerable.Range(0, 6).Select(index => Candidates(rules, index))];
        IEnumerable<ulong[]> cases = [[]];
        foreach (ulong[] values in candidates)
        {
            cases = cases.SelectMany(_ => values, (before, value) => before.Append(value).ToArray());
        }

        return cases;
    }

    private static ulong[] Candidates(IReadOnlyList<FilterRule> rules, int index)
    {
        ArgumentTest[] tests = [.. rules.SelectMany(rule => rule.Tests).Where(test => test.Index == index)];
        if (tests.Any(test => test.Comparison == ArgumentComparison.NotNull))
        {
            return [0, 1, 1UL << 31, 1UL << 32, 1UL << 63, ulong.MaxValue];
        }

        IEnumerable<uint> around = tests.SelectMany(test => test.Values).SelectMany(value => new[] { value - 1, value, value + 1 });
        uint[] ints = [.. around.Append(0u).Append(uint.MaxValue).Distinct()];
        return tests.Length == 0 ? [Upper] : [.. ints.Select((value, i) => i % 2 == 0 ? value : Upper | value)];
    }
}
