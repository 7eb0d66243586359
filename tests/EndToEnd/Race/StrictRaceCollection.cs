namespace BindToInterface.EndToEnd;

/// <summary>A lab of their own for those that race in strict mode, beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class StrictRaceCollection : ICollectionFixture<Lab>
{
    public const string Name = "strict races";
}
