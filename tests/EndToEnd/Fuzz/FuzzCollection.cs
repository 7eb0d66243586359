namespace BindToInterface.EndToEnd;

/// <summary>The lab of the fuzz tests.</summary>
[CollectionDefinition(Name)]
public sealed class FuzzCollection : ICollectionFixture<Lab>
{
    public const string Name = "fuzz";
}
