using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Policy.Plans;

/// <summary>What came of a look at the control messages of a send.</summary>
/// <param name="IsInvalid">Whether the kernel answers EINVAL to them.</param>
/// <param name="Refusal">The refusal; null where they are fine.</param>
/// <param name="Source">The source address that they name.</param>
public readonly record struct ControlCheck(bool IsInvalid, Verdict? Refusal = null, IpAddress? Source = null);
