namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// Renders the rows of a call to BPF. What an earlier comparison has told is not compared again, and an argument that is
/// loaded is not loaded again.
/// </summary>
internal sealed class RuleCompiler(BpfAssembler bpf, IReadOnlyList<FilterRule> rules)
{
    /// <summary>The first node of the rules. Nothing of the call's arguments is loaded there.</summary>
    public BpfNode Compile() => Compile(0, 0, default, null);

    /// <summary>A test and those that follow it.</summary>
    /// <param name="rule">The row.</param>
    /// <param name="test">The test of the row; those before it hold, and the rows before it do not.</param>
    /// <param name="loaded">What is loaded.</param>
    /// <param name="known">What is known of the arguments.</param>
    private BpfNode Compile(int rule, int test, Loaded loaded, Known? known)
    {
        if (test == rules[rule].Tests.Length)
        {
            return bpf.Return(rules[rule].Action.ReturnValue);
        }

        ArgumentTest tested = rules[rule].Tests[test];
        if (Known.ValueOf(tested, known) is uint value)
        {
            return Next(tested.HoldsFor(value), loaded, known);
        }

        if (tested.Comparison == ArgumentComparison.NotNull)
        {
            return IfNotNull(tested.Index, Next(true, default, known), Next(false, default, known));
        }

        var now = new Loaded(tested.Index, tested.Mask);
        ushort code = tested.Comparison switch
        {
            ArgumentComparison.AtLeast => BpfAssembler.JumpIfGreaterOrEqual,
            ArgumentComparison.AnyBit or ArgumentComparison.NoBit => BpfAssembler.JumpIfSet,
            _ => BpfAssembler.JumpIfEqual,
        };
        BpfNode node = Next(tested.IsNegated, now, known);
        // What a comparison tells is of use only where the argument is tested again; else all values lead the same way.
        bool tells = code == BpfAssembler.JumpIfEqual && IsTestedAgain(rule, tested);
        BpfNode? same = tells ? null : Next(!tested.IsNegated, now, known);
        for (int i = tested.Values.Length - 1; i >= 0; i--)
        {
            uint compared = tested.Values[i];
            BpfNode then = same ?? Next(!tested.IsNegated, now, new Known(tested.Index, tested.Mask, compared, known));
            node = bpf.Jump(code, compared, then, node);
        }

        return Load(now, loaded, node);

        BpfNode Next(bool holds, Loaded loaded, Known? known) =>
            holds ? Compile(rule, test + 1, loaded, known) : Compile(rule + 1, 0, loaded, known);
    }

    /// <summary>Whether a later row can be reached that tests the same argument.</summary>
    private bool IsTestedAgain(int rule, ArgumentTest tested)
    {
        for (int later = rule + 1; later < rules.Count; later++)
        {
            foreach (ArgumentTest test in rules[later].Tests)
            {
                if (test.Index == tested.Index)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private BpfNode IfNotNull(int index, BpfNode then, BpfNode otherwise)
    {
        BpfNode upper = bpf.Load(
            FilterProgram.ArgumentOffset(index) + sizeof(uint), bpf.Jump(BpfAssembler.JumpIfSet, uint.MaxValue, then, otherwise));
        return bpf.Load(FilterProgram.ArgumentOffset(index), bpf.Jump(BpfAssembler.JumpIfSet, uint.MaxValue, then, upper));
    }

    private BpfNode Load(Loaded wanted, Loaded loaded, BpfNode then)
    {
        if (loaded == wanted)
        {
            return then;
        }

        BpfNode masked = wanted.Mask == ArgumentTest.WholeInt ? then : bpf.And(wanted.Mask, then);
        return loaded == wanted with { Mask = ArgumentTest.WholeInt } ? masked : bpf.Load(FilterProgram.ArgumentOffset(wanted.Index), masked);
    }

    /// <summary>The argument that is loaded, and the bits that are left of it; no bits where nothing is loaded.</summary>
    private readonly record struct Loaded(int Index, uint Mask);

    /// <summary>What a comparison has told of an argument, and what earlier ones have.</summary>
    private sealed record Known(int Index, uint Mask, uint Value, Known? Earlier)
    {
        /// <summary>The bits that a test looks at, where they are known.</summary>
        public static uint? ValueOf(ArgumentTest test, Known? known)
        {
            for (; known is not null; known = known.Earlier)
            {
                if (known.Index == test.Index && (known.Mask & test.Mask) == test.Mask)
                {
                    return known.Value & test.Mask;
                }
            }

            return null;
        }
    }
}
