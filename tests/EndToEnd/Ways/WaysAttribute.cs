using System.Reflection;
using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>Runs a theory for each of these ways, as root and as an ordinary user, as a 64-bit and as a 32-bit program.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class WaysAttribute(params string[] ways) : DataAttribute
{
    public string[] Ways { get; } = ways;

    /// <summary>Only as this one, where a way needs root, or where it makes no difference.</summary>
    public Who[] As { get; set; } = Enum.GetValues<Who>();

    public WaysDoor[] By { get; set; } = [WaysDoor.Native, WaysDoor.Program32];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from way in Ways
        from who in As
        from door in By
        select (object[])[who, door, way];
}
