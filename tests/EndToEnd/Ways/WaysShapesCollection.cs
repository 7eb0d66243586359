namespace BindToInterface.EndToEnd;

/// <summary>A lab of their own for what sockets and messages may be, so that they run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class WaysShapesCollection : ICollectionFixture<Lab>
{
    public const string Name = "ways of every shape";
}
