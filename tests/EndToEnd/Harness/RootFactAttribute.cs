namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs the lab and the machine's own root, which a user namespace cannot stand in for.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() =>
        Skip = Environment.IsPrivilegedProcess ? Prerequisites.ReasonToSkip : "needs root";
}
