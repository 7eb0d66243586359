namespace BindToInterface.Systems;

/// <summary>Native builds, which keep all processors busy: they run after the tests that wait for something.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BuildsCollection
{
    public const string Name = "builds";
}
