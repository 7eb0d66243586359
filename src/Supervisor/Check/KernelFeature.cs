namespace BindToInterface.Supervisor.Check;

/// <summary>Something of the kernel that the supervisor uses where it is there.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Since">The version of Linux that has brought it.</param>
/// <param name="IsThere">Whether this kernel has it.</param>
/// <param name="Without">What is so without it.</param>
internal readonly record struct KernelFeature(string Name, string Since, bool IsThere, string Without);
