using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>Asks the kernel for the TCP and UDP sockets of this network namespace that are bound to an interface (sock_diag(7)).</summary>
internal static unsafe class SocketDiagnosis
{
    // The kernel fills datagrams of up to 32 KiB for a reader who has room for them.
    private const int MaximumAnswer = 32 * 1024;

    /// <summary>The sockets that are bound to an interface.</summary>
    /// <returns>None, or the error of the first question that could not be asked.</returns>
    public static Errno BoundSockets(ICollection<DiagnosedSocket> found)
    {
        using var netlink = new DescriptorHandle(LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_SOCK_DIAG));
        if (netlink.IsInvalid)
        {
            return Native.LastError;
        }

        uint sequence = 0;
        byte[] answer = new byte[MaximumAnswer];
        foreach (byte protocol in (ReadOnlySpan<byte>)[Linux.IPPROTO_TCP, Linux.IPPROTO_UDP])
        {
            foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
            {
                Errno error = Ask(netlink.Descriptor, family, protocol, ++sequence, answer, found);
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    private static Errno Ask(int netlink, IpFamily family, byte protocol, uint sequence, Span<byte> answer, ICollection<DiagnosedSocket> found)
    {
        byte* request = stackalloc byte[SocketDiagnostics.RequestLength];
        SocketDiagnostics.WriteRequest(new Span<byte>(request, SocketDiagnostics.RequestLength), family, protocol, sequence);
        if (LibC.write(netlink, request, SocketDiagnostics.RequestLength) < 0)
        {
            return Native.LastError;
        }

        fixed (byte* buffer = answer)
        {
            nint received;
            do
            {
                received = (nint)LibC.read(netlink, buffer, answer.Length);
                if (received < 0 && Native.LastError is var error and not Errno.EINTR)
                {
                    return error;
                }
            }
            while (received < 0 || SocketDiagnostics.Read(answer[..(int)received], sequence, found));
        }

        return Errno.None;
    }
}
