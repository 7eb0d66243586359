using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Check;

/// <summary>
/// The program of a probe: this executable again, supervised like any program. It looks a name up with libc, and connects to the
/// addresses in turn until one answers. It writes a line for each step to a pipe, with words separated by tabs.
/// </summary>
internal static unsafe class ProbeProgram
{
    /// <summary>The first word of its command line; then the pipe's descriptor, the host and the port.</summary>
    public const string Word = "--as-probe";

    /// <summary>How long it lasts at most.</summary>
    public const int PatienceMilliseconds = 5000;

    /// <summary>How long one address is waited for, so that another one has its turn.</summary>
    private const int AddressMilliseconds = 2000;

    /// <summary>A name was looked up: milliseconds, addresses separated by blanks.</summary>
    public const string Found = "found";
    /// <summary>It could not be: milliseconds, libc's reason.</summary>
    public const string NotFound = "not-found";
    /// <summary>About to connect: the address and port.</summary>
    public const string Trying = "trying";
    /// <summary>A connection stands: milliseconds, address and port, local address, interface that the socket is bound to.</summary>
    public const string Connected = "connected";
    /// <summary>An address was not reached: milliseconds, address and port, error.</summary>
    public const string Failed = "failed";

    /// <summary>Runs it.</summary>
    /// <returns>The exit status: 0 where a connection stands.</returns>
    public static int Run(int pipe, string host, ushort port)
    {
        // Signals are blocked in all threads of this executable, and libc's own patience is longer than that of a user.
        new Thread(() =>
        {
            Thread.Sleep(PatienceMilliseconds);
            LibC._exit(1);
        }) { IsBackground = true }.Start();

        var watch = Stopwatch.StartNew();
        string? fault = LookUp(host, out List<IpAddress> addresses);
        if (fault is not null)
        {
            Tell(pipe, NotFound, watch, fault);
            return 1;
        }

        Tell(pipe, Found, watch, string.Join(' ', addresses));
        return addresses.Any(address => Connect(pipe, new Endpoint(address, port))) ? 0 : 1;
    }

    private static string? LookUp(string host, out List<IpAddress> addresses)
    {
        addresses = [];
        var hints = new Addrinfo { SocketType = Linux.SOCK_STREAM };
        Addrinfo* first = null;
        int error;
        fixed (byte* name = Encoding.UTF8.GetBytes($"{host}\0"))
        {
            error = Native.getaddrinfo(name, null, &hints, &first);
        }

        if (error != 0)
        {
            return Marshal.PtrToStringUTF8((nint)Native.gai_strerror(error));
        }

        for (Addrinfo* entry = first; entry != null; entry = entry->Next)
        {
            addresses.Add(Sockaddr.Parse(new ReadOnlySpan<byte>(entry->Address, (int)entry->AddressLength)).Endpoint.Address);
        }

        Native.freeaddrinfo(first);
        return null;
    }

    private static bool Connect(int pipe, in Endpoint destination)
    {
        var watch = Stopwatch.StartNew();
        Tell(pipe, Trying, watch, destination.ToString());
        IpFamily family = destination.Address.Family;
        using var socket = new DescriptorHandle(LibC.socket((int)family, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
        byte* name = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(name, Sockaddr.In6Length), family, destination);
        Errno error = socket.IsInvalid || LibC.connect(socket.Descriptor, (sockaddr*)name, length) != 0 ? Native.LastError : Errno.None;
        if (error == Errno.EINPROGRESS)
        {
            error = Outcome(socket.Descriptor);
        }

        if (error != Errno.None)
        {
            Tell(pipe, Failed, watch, destination.ToString(), error == Errno.EAGAIN ? "no answer" : error.ToString());
            return false;
        }

        byte* local = stackalloc byte[Sockaddr.In6Length];
        uint localLength = Sockaddr.In6Length, deviceLength = Native.IFNAMSIZ;
        byte* device = stackalloc byte[Native.IFNAMSIZ];
        _ = LibC.getsockname(socket.Descriptor, (sockaddr*)local, (socklen_t*)&localLength);
        bool isBound = LibC.getsockopt(socket.Descriptor, Linux.SOL_SOCKET, Linux.SO_BINDTODEVICE, device, (socklen_t*)&deviceLength) == 0 && deviceLength > 0;
        Tell(
            pipe, Connected, watch, destination.ToString(), Sockaddr.Parse(new ReadOnlySpan<byte>(local, (int)localLength)).Endpoint.Address.ToString(),
            isBound ? Encoding.UTF8.GetString(device, (int)deviceLength - 1) : "");
        return true;
    }

    /// <summary>What becomes of a connection under way; EAGAIN where nothing does for a while.</summary>
    private static Errno Outcome(int socket)
    {
        var connecting = new pollfd { fd = socket, events = LibC.POLLOUT };
        if (Native.poll(&connecting, 1, AddressMilliseconds) <= 0)
        {
            return Errno.EAGAIN;
        }

        int error;
        uint length = sizeof(int);
        return LibC.getsockopt(socket, Linux.SOL_SOCKET, Linux.SO_ERROR, &error, (socklen_t*)&length) == 0 ? (Errno)error : Native.LastError;
    }

    private static void Tell(int pipe, string step, Stopwatch watch, params string[] words)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{step}\t{watch.ElapsedMilliseconds.ToString(CultureInfo.InvariantCulture)}\t{string.Join('\t', words)}\n");
        fixed (byte* start = line)
        {
            _ = LibC.write(pipe, start, line.Length);
        }
    }
}
