namespace BindToInterface.EndToEnd;

/// <summary>A lab of their own for the ways that name an interface, so that they run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class WaysSteeringCollection : ICollectionFixture<Lab>
{
    public const string Name = "ways that steer";
}
