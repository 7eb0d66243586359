namespace BindToInterface.Systems;

/// <summary>A fact that needs a booted machine or a container engine.</summary>
public sealed class SystemsFactAttribute : FactAttribute
{
    public SystemsFactAttribute() => Skip = SystemsPrerequisites.ReasonToSkip;
}
