namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests in which the supervisor is in the middle of a call.</summary>
[CollectionDefinition(Name)]
public sealed class HeldCollection : ICollectionFixture<Lab>
{
    public const string Name = "held";
}
