namespace BindToInterface.EndToEnd;

/// <summary>The lab of the tests at a terminal.</summary>
[CollectionDefinition(Name)]
public sealed class TerminalCollection : ICollectionFixture<Lab>
{
    public const string Name = "terminal";
}
