using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>A socket as the kernel's diagnostics tell it.</summary>
/// <param name="State">Its state by TCP's numbers (TCP_ESTABLISHED is 1, TCP_CLOSE 7).</param>
/// <param name="Local">Its local address and port.</param>
/// <param name="Interface">The ifindex of the interface that it is bound to; 0 for none.</param>
/// <param name="Cookie">SO_COOKIE.</param>
/// <param name="Inode">The number in its link in /proc/PID/fd, "socket:[…]"; 0 where no process has it any more.</param>
public readonly record struct DiagnosedSocket(byte State, Endpoint Local, uint Interface, ulong Cookie, uint Inode);
