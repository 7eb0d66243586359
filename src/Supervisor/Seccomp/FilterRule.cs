namespace BindToInterface.Supervisor.Seccomp;

/// <summary>A row of <see cref="FilterRules"/>. Of the rows of a call the first one counts whose tests all hold.</summary>
/// <param name="Call">The call.</param>
/// <param name="Need">What makes the row necessary.</param>
/// <param name="Tests">The tests of the arguments; none for a row that always holds.</param>
/// <param name="Action">What happens.</param>
internal sealed record FilterRule(SystemCall Call, FilterNeed Need, ArgumentTest[] Tests, FilterAction Action)
{
    public bool Holds(ReadOnlySpan<ulong> arguments)
    {
        foreach (ArgumentTest test in Tests)
        {
            if (!test.Holds(arguments))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The condition in words.</summary>
    public string Condition => Tests.Length == 0 ? "otherwise" : string.Join(" and ", Tests.AsEnumerable());
}
