namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests of many processes: orphans, forks, services.</summary>
[CollectionDefinition(Name)]
public sealed class OrphanCollection : ICollectionFixture<Lab>
{
    public const string Name = "processes";
}
