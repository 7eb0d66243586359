using System.Globalization;
using BindToInterface.Supervisor.Logging;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class WarningBudgetTests
{
    private readonly WarningBudget budget = new();

    [Fact]
    public void The_same_warning_is_told_once()
    {
        Assert.False(budget.WasTold("curl", "reason"));
        Assert.Equal(WarningBudget.Decision.Tell, budget.Decide("curl", "reason", "/usr/bin/curl"));
        Assert.True(budget.WasTold("curl", "reason"));
        Assert.False(budget.WasTold("curl", "another"));
        Assert.False(budget.WasTold("wget", "reason"));
    }

    [Fact]
    public void One_program_s_names_do_not_silence_another()
    {
        List<WarningBudget.Decision> decisions =
            [.. Enumerable.Range(0, 5_000).Select(number => budget.Decide(number.ToString(CultureInfo.InvariantCulture), "reason", "/tmp/loud"))];

        Assert.All(decisions.Take(WarningBudget.PerProgram), decision => Assert.Equal(WarningBudget.Decision.Tell, decision));
        Assert.Equal(WarningBudget.Decision.TellOfSilence, decisions[WarningBudget.PerProgram]);
        Assert.All(decisions.Skip(WarningBudget.PerProgram + 1), decision => Assert.Equal(WarningBudget.Decision.Silent, decision));
        Assert.Equal(WarningBudget.Decision.Tell, budget.Decide("curl", "reason", "/usr/bin/curl"));
    }

    [Fact]
    public void Nor_do_many_programs()
    {
        for (int number = 0; number < 5_000; number++)
        {
            budget.Decide($"name {number}", "reason", $"/tmp/{number}");
        }

        Assert.Equal(WarningBudget.Decision.Tell, budget.Decide("curl", "reason", "/usr/bin/curl"));
        Assert.False(budget.WasTold("name 0", "reason"));
        Assert.True(budget.WasTold("name 4999", "reason"));
    }
}
