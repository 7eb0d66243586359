namespace BindToInterface.EndToEnd;

/// <summary>A fact that needs root, a file whose pages come when the test wants them to (FUSE), and process ids of its choice.</summary>
public sealed class HeldFactAttribute() : RootFactAttribute(KernelFeature.Fuse, KernelFeature.LastPid);
