namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests of single ways to send.</summary>
[CollectionDefinition(Name)]
public sealed class WaysCollection : ICollectionFixture<Lab>
{
    public const string Name = "ways";
}
