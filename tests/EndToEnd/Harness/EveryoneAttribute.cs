using System.Reflection;
using Xunit.Sdk;

namespace BindToInterface.EndToEnd;

/// <summary>Runs a theory as root and as an ordinary user, each with the given further arguments.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryoneAttribute(params object[] arguments) : DataAttribute
{
    public object[] Arguments { get; } = arguments;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Enum.GetValues<Who>().Select(who => (object[])[who, .. Arguments]);
}
