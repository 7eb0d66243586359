namespace BindToInterface.LabServer;

/// <summary>Whether a name exists, its records of the type asked for, and whether TCP must be used to get them.</summary>
internal sealed record DnsAnswer(bool Exists, IReadOnlyList<byte[]> Records, bool Truncated = false);
