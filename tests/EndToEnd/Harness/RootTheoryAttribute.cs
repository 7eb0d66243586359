namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs what <see cref="RootFactAttribute"/> does.</summary>
public class RootTheoryAttribute : LabTheoryAttribute
{
    public RootTheoryAttribute(params KernelFeature[] needs)
        : base(needs) => Skip = Environment.IsPrivilegedProcess ? Skip : Prerequisites.NeedsRoot;
}
