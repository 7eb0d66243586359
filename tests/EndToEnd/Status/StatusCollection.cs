namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests of --status: as root that lists all that runs in it.</summary>
[CollectionDefinition(Name)]
public sealed class StatusCollection : ICollectionFixture<Lab>
{
    public const string Name = "status";
}
