using BindToInterface.Policy.Plans;

namespace BindToInterface.Policy.Tests.Plans;

/// <summary>A plan in one line, as the tables of cases write it.</summary>
internal static class Planned
{
    public static string Text(in Plan plan)
    {
        string steps = plan.Steps == Steps.None ? "" : $"{plan.Steps}, ";
        return plan.Way switch
        {
            Way.Refused => $"{plan.Verdict.Error}{(plan.Verdict.IsLoud ? "!" : "")}",
            Way.Steered => $"{steps}Steered {plan.Index} {plan.Source?.ToString() ?? "-"}",
            _ => $"{steps}{plan.Way}",
        };
    }
}
