namespace BindToInterface.Systems;

/// <summary>The tests that share the booted machine, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SystemdCollection : ICollectionFixture<Machine>
{
    public const string Name = "systemd";
}
