namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>These tests change the environment of the test process, one after the other.</summary>
[CollectionDefinition(Name)]
public static class SharedEnvironment
{
    public const string Name = "shared environment";
}
