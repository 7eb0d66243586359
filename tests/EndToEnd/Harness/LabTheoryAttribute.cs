namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs the lab.</summary>
public sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = Prerequisites.ReasonToSkip;
}
