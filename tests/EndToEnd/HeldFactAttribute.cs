namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs the machine's own root, and a file whose pages come when the test wants them to (FUSE).</summary>
public sealed class HeldFactAttribute : FactAttribute
{
    public HeldFactAttribute() => Skip = HeldPrerequisites.ReasonToSkip;
}
