namespace BindToInterface.EndToEnd;

/// <summary>The labs. Classes of one collection share a lab and run one after the other; the collections run side by side.</summary>
public static class Collections
{
    public const string Traffic = "traffic";
    public const string Parent = "parent";
    public const string Container = "container";
}

[CollectionDefinition(Collections.Traffic)]
public sealed class TrafficCollection : ICollectionFixture<Lab>;

[CollectionDefinition(Collections.Parent)]
public sealed class ParentCollection : ICollectionFixture<Lab>;

[CollectionDefinition(Collections.Container)]
public sealed class ContainerCollection : ICollectionFixture<Lab>;
