namespace BindToInterface.Systems;

/// <summary>A theory that needs a booted machine or a container engine.</summary>
public sealed class SystemsTheoryAttribute : TheoryAttribute
{
    public SystemsTheoryAttribute() => Skip = SystemsPrerequisites.ReasonToSkip;
}
