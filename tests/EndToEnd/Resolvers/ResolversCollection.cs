namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests of resolvers.</summary>
[CollectionDefinition(Name)]
public sealed class ResolversCollection : ICollectionFixture<Lab>
{
    public const string Name = "resolvers";
}
