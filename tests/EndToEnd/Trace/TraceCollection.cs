namespace BindToInterface.EndToEnd;

/// <summary>The lab of trace, summary and dry run.</summary>
[CollectionDefinition(Name)]
public sealed class TraceCollection : ICollectionFixture<Lab>
{
    public const string Name = "trace";
}
