namespace BindToInterface.Supervisor.Seccomp;

/// <summary>A test of one argument of a system call.</summary>
/// <param name="Name">The argument's name, as in the manual page.</param>
/// <param name="Index">Which argument, from 0.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Values">The values; none for <see cref="ArgumentComparison.NotNull"/>.</param>
internal sealed record ArgumentTest(string Name, int Index, ArgumentComparison Comparison, params uint[] Values)
{
    /// <summary>Every bit of an int.</summary>
    public const uint WholeInt = uint.MaxValue;

    /// <summary>The bits that are compared. An int is the lower half of its register: the kernel ignores the upper one.</summary>
    public uint Mask { get; init; } = WholeInt;

    /// <summary>Whether the test holds where no comparison with a value does.</summary>
    public bool IsNegated => Comparison is ArgumentComparison.NotIn or ArgumentComparison.NoBit;

    /// <summary>Whether the test holds for the arguments of a call.</summary>
    public bool Holds(ReadOnlySpan<ulong> arguments) =>
        Comparison == ArgumentComparison.NotNull ? arguments[Index] != 0 : HoldsFor((uint)arguments[Index] & Mask);

    /// <summary>Whether the test holds for an int of which the bits of <see cref="Mask"/> are left.</summary>
    public bool HoldsFor(uint argument)
    {
        foreach (uint value in Values)
        {
            bool holds = Comparison switch
            {
                ArgumentComparison.AtLeast => argument >= value,
                ArgumentComparison.AnyBit or ArgumentComparison.NoBit => (argument & value) != 0,
                _ => argument == value,
            };
            if (holds)
            {
                return !IsNegated;
            }
        }

        return IsNegated;
    }

    public override string ToString()
    {
        string argument = Mask == WholeInt ? Name : $"{Name} & 0x{Mask:x}";
        string values = string.Join(", ", Values);
        return Comparison switch
        {
            ArgumentComparison.NotNull => $"{Name} is not null",
            ArgumentComparison.AtLeast => $"{argument} is {values} or more",
            ArgumentComparison.AnyBit => $"{argument} has a bit of 0x{Values[0]:x}",
            ArgumentComparison.NoBit => $"{argument} has no bit of 0x{Values[0]:x}",
            ArgumentComparison.NotIn => $"{argument} is none of {values}",
            _ => $"{argument} is {values.Replace(", ", " or ", StringComparison.Ordinal)}",
        };
    }
}
