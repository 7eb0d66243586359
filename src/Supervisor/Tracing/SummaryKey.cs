using BindToInterface.Policy.Addresses;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>What the summary counts apart: a program and where it connected to.</summary>
/// <param name="Program">The name of the process.</param>
/// <param name="Destination">The address and port; unspecified with port 0 where it is something else.</param>
/// <param name="Subject">The path of a Unix socket, or the call that was refused; empty for an address.</param>
internal readonly record struct SummaryKey(string Program, Endpoint Destination, string Subject);
