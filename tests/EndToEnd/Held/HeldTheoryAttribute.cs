namespace BindToInterface.EndToEnd;

/// <summary>A theory that needs what <see cref="HeldFactAttribute"/> does.</summary>
public sealed class HeldTheoryAttribute() : RootTheoryAttribute(KernelFeature.Fuse, KernelFeature.LastPid);
