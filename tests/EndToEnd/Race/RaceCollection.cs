namespace BindToInterface.EndToEnd;

/// <summary>A lab of their own for programs that race their supervisor: they keep both processors busy.</summary>
[CollectionDefinition(Name)]
public sealed class RaceCollection : ICollectionFixture<Lab>
{
    public const string Name = "races";
}
