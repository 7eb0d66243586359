using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Plans;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Binds sockets to interfaces. The name is looked up for each bind, so that an interface that comes, goes or is made anew
/// is always the current one.
/// </summary>
internal sealed unsafe class InterfaceBinder : IDisposable
{
    // A socket in the supervisor's network namespace: to ask the kernel about interfaces, and to compare sockets with.
    private readonly DescriptorHandle control;
    private readonly ulong? namespaceCookie;
    private readonly string? namespaceLink;
    private readonly RouteQuery routes = new();
    private readonly EncodedNames names = new();

    public InterfaceAddresses Addresses { get; }

    public ChosenPorts Ports { get; } = new();

    public InterfaceBinder()
    {
        int descriptor = LibC.socket(Linux.AF_INET, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            // A host without IPv4 still has Unix sockets, and the same ioctl and options work on them.
            descriptor = LibC.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0);
        }

        control = descriptor >= 0
            ? new DescriptorHandle(descriptor)
            : throw new StartException($"socket: {Native.LastError}: a socket to look up interfaces cannot be opened; raise the limit of open files (ulimit -n), or allow AF_INET (RestrictAddressFamilies= of a systemd unit)");
        Addresses = new InterfaceAddresses(IndexOf);
        namespaceCookie = new DuplicatedSocket(descriptor).GetLongOption(Linux.SOL_SOCKET, Native.SO_NETNS_COOKIE);
        namespaceLink = namespaceCookie is null ? NamespaceLink("self") : null;
    }

    /// <summary>The ifindex of an interface; 0 where there is none of this name.</summary>
    public uint IndexOf(string name)
    {
        Ifreq request = default;
        ReadOnlySpan<byte> bytes = names.Of(name);
        if (bytes.Length > InterfaceName.MaximumBytes)
        {
            return 0;
        }

        bytes.CopyTo(request.Name);
        return LibC.ioctl(control.Descriptor, LibC.SIOCGIFINDEX, &request) == 0 ? (uint)request.Index : 0;
    }

    /// <summary>Whether there is an interface with an ifindex. One that is made anew, by whatever name, has another.</summary>
    public bool Exists(uint index)
    {
        var request = new Ifreq { Index = (int)index };
        return LibC.ioctl(control.Descriptor, LibC.SIOCGIFNAME, &request) == 0;
    }

    /// <summary>
    /// Binds a socket. Without CAP_NET_RAW that works once per socket (Linux 5.7), so that EPERM is fine
    /// where the socket is bound to this very interface already.
    /// </summary>
    /// <returns>None; ENODEV where there is no such interface; EPERM where it is bound to another.</returns>
    public Errno Bind(in DuplicatedSocket socket, string name)
    {
        Errno error = socket.SetOption(Linux.SOL_SOCKET, Linux.SO_BINDTODEVICE, names.Of(name));
        if (error != Errno.EPERM)
        {
            return error;
        }

        uint index = IndexOf(name);
        return index == 0 ? Errno.ENODEV : BoundIndex(socket) == index ? Errno.None : Errno.EPERM;
    }

    /// <summary>
    /// Binds a socket so that it stays so (strict mode). Dissolving the association of a datagram socket takes its device away: until
    /// it is bound again, the interface of its packets to one and to many destinations is the same.
    /// </summary>
    /// <returns>None; ENODEV where there is no such interface.</returns>
    public Errno Secure(in DuplicatedSocket socket, IpFamily family, int type, string name)
    {
        if (!SocketTypes.SendsDatagrams(type))
        {
            return Bind(socket, name);
        }

        uint index = IndexOf(name);
        return index == 0 ? Errno.ENODEV : DatagramWay.Set(socket, family, type, index) is var error and not Errno.None ? error
            : TryBind(socket, index) ? Errno.None : Native.LastError;
    }

    /// <summary>Whether a socket is bound to the interface that has this name now.</summary>
    public bool IsBoundTo(in DuplicatedSocket socket, string name)
    {
        byte* bound = stackalloc byte[Native.IFNAMSIZ];
        uint length = Native.IFNAMSIZ;
        if (LibC.getsockopt(socket.Descriptor, Linux.SOL_SOCKET, Linux.SO_BINDTODEVICE, bound, (socklen_t*)&length) != 0 || length == 0)
        {
            // ENODEV: it is bound to one that is gone.
            return false;
        }

        return new ReadOnlySpan<byte>(bound, (int)length - 1).SequenceEqual(names.Of(name))
            // The user may have named the interface by an alternative name (ip-link(8), altname).
            || (IndexOf(name) is uint index and not 0 && BoundIndex(socket) == index);
    }

    /// <summary>Takes the binding away, for which the kernel wants CAP_NET_RAW.</summary>
    public static Errno Unbind(in DuplicatedSocket socket)
    {
        byte nothing = 0;
        return LibC.setsockopt(socket.Descriptor, Linux.SOL_SOCKET, Linux.SO_BINDTODEVICE, &nothing, 0) == 0
            ? Errno.None
            : Native.LastError;
    }

    /// <summary>Binds a socket that is not bound to the interface of an ifindex.</summary>
    public static bool TryBind(in DuplicatedSocket socket, uint index) =>
        LibC.setsockopt(socket.Descriptor, Linux.SOL_SOCKET, Linux.SO_BINDTOIFINDEX, &index, sizeof(uint)) == 0;

    /// <summary>The ifindex that a socket is bound to; 0 for none.</summary>
    public static uint BoundIndex(in DuplicatedSocket socket) =>
        (uint)(socket.GetOption(Linux.SOL_SOCKET, Linux.SO_BINDTOIFINDEX) ?? 0);

    /// <summary>
    /// Whether a socket belongs to the supervisor's network namespace. Before SO_NETNS_COOKIE (Linux 5.14) the namespace
    /// of the calling thread is used instead of that of its socket.
    /// </summary>
    public bool IsOfOurNamespace(in DuplicatedSocket socket, int tid) => namespaceCookie is ulong ours
        ? socket.GetLongOption(Linux.SOL_SOCKET, Native.SO_NETNS_COOKIE) == ours
        : NamespaceLink(tid.ToString(CultureInfo.InvariantCulture)) == namespaceLink;

    /// <summary>The normal route of a socket's packets to a destination, by its mark and its type of service.</summary>
    /// <returns>None; ENETUNREACH and the like where no route leads there.</returns>
    public Errno RouteOf(in DuplicatedSocket socket, in Endpoint destination, out Route route)
    {
        int? tos = destination.Address.Family == IpFamily.IPv4
            ? socket.GetOption(Linux.SOL_IP, LibC.IP_TOS)
            : socket.GetOption(Linux.SOL_IPV6, LibC.IPV6_TCLASS);
        return routes.Ask(destination, (uint)(socket.GetOption(Linux.SOL_SOCKET, Linux.SO_MARK) ?? 0), (byte)(tos ?? 0), out route);
    }

    public void Dispose()
    {
        routes.Dispose();
        control.Dispose();
    }

    /// <summary>The name of a process's network namespace, "net:[…]".</summary>
    internal static string? NamespaceLink(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;
}
