using System.Reflection;
using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>Runs a theory for each of these attacks of tests/programs/race.c, in each of these modes and families.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RacesAttribute(params string[] attacks) : DataAttribute
{
    public string[] Attacks { get; } = attacks;

    public RaceMode[] Modes { get; set; } = [RaceMode.Bound];

    public int[] Families { get; set; } = [4];

    /// <summary>An ordinary user's, as a program is that nobody trusts; root's where it makes a difference.</summary>
    public Who[] As { get; set; } = [Who.User];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from attack in Attacks
        from mode in Modes
        from family in Families
        from who in As
        select (object[])[who, mode, attack, family];
}
