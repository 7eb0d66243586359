namespace BindToInterface.EndToEnd;

[CollectionDefinition(Name)]
public sealed class StrictCollection : ICollectionFixture<Lab>
{
    public const string Name = "strict";
}
