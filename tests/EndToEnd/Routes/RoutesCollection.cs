namespace BindToInterface.EndToEnd;

[CollectionDefinition(Name)]
public sealed class RoutesCollection : ICollectionFixture<Lab>
{
    public const string Name = "routes";
}
