namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs the lab.</summary>
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = Prerequisites.ReasonToSkip;
}
