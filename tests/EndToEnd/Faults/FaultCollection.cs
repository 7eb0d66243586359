namespace BindToInterface.EndToEnd;

/// <summary>A lab of their own for what goes wrong with the supervisor itself, and for many calls at once.</summary>
[CollectionDefinition(Name)]
public sealed class FaultCollection : ICollectionFixture<Lab>
{
    public const string Name = "faults and load";
}
