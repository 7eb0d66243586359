using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>What could not be read of a call's memory.</summary>
/// <param name="Error">None where all was read.</param>
/// <param name="Address">Where the sockaddr is that a bound call may name unread; 0 where it is something else.</param>
/// <param name="Length">How long it is.</param>
/// <param name="IsFirst">Whether the kernel reads it before it asks what the descriptor is (connect).</param>
internal readonly record struct Unread(Errno Error, ulong Address = 0, int Length = 0, bool IsFirst = false);
