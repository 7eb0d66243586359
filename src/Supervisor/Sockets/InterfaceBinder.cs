using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Binds sockets to interfaces, by name and anew for each, so that an interface that comes, goes or is made
/// anew is always the one of now.
/// </summary>
internal sealed unsafe class InterfaceBinder : IDisposable
{
    // A socket of our own network namespace, to ask the kernel about interfaces and to compare with.
    private readonly DescriptorHandle control;
    private readonly ulong? namespaceCookie;
    private readonly string? namespaceLink;
    private readonly RouteQuery routes = new();

    public InterfaceAddresses Addresses { get; }

    public ChosenPorts Ports { get; } = new();

    /// <param name="chosen">The addresses that the user chose to send from.</param>
    public InterfaceBinder(AddressPair chosen = default)
    {
        int descriptor = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            // A host without IPv4 still has Unix sockets, and those answer the same questions.
            descriptor = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        }

        control = descriptor >= 0
            ? new DescriptorHandle(descriptor)
            : throw new StartException($"socket: {Libc.LastError}: a socket to look up interfaces with is refused");
        Addresses = new InterfaceAddresses(IndexOf) { Chosen = chosen };
        namespaceCookie = new DuplicatedSocket(descriptor).GetLongOption(Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE);
        namespaceLink = namespaceCookie is null ? NamespaceLink("self") : null;
    }

    /// <summary>The ifindex of an interface; 0 where there is none of this name.</summary>
    public uint IndexOf(string name)
    {
        Ifreq request = default;
        if (!Encoding.UTF8.TryGetBytes(name, request.Name[..InterfaceName.MaximumBytes], out _))
        {
            return 0;
        }

        return Libc.ioctl(control.Descriptor, Libc.SIOCGIFINDEX, &request) == 0 ? (uint)request.Index : 0;
    }

    /// <summary>Whether there is an interface with an ifindex. One that is made anew, by whatever name, has another.</summary>
    public bool Exists(uint index)
    {
        var request = new Ifreq { Index = (int)index };
        return Libc.ioctl(control.Descriptor, Libc.SIOCGIFNAME, &request) == 0;
    }

    /// <summary>
    /// Binds a socket. Without CAP_NET_RAW that works once per socket (Linux 5.7), so that EPERM is fine
    /// where the socket is bound to this very interface already.
    /// </summary>
    /// <returns>None; ENODEV where there is no such interface; EPERM where it is bound to another.</returns>
    public Errno Bind(in DuplicatedSocket socket, string name)
    {
        byte* text = stackalloc byte[Libc.IFNAMSIZ];
        Encoding.UTF8.TryGetBytes(name, new Span<byte>(text, Libc.IFNAMSIZ), out int length);
        if (Libc.setsockopt(socket.Descriptor, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, text, (uint)length) == 0)
        {
            return Errno.None;
        }

        Errno error = Libc.LastError;
        if (error != Errno.EPERM)
        {
            return error;
        }

        uint index = IndexOf(name);
        return index == 0 ? Errno.ENODEV : BoundIndex(socket) == index ? Errno.None : Errno.EPERM;
    }

    /// <summary>Takes the binding away, for which the kernel wants CAP_NET_RAW.</summary>
    public static Errno Unbind(in DuplicatedSocket socket)
    {
        byte nothing = 0;
        return Libc.setsockopt(socket.Descriptor, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, &nothing, 0) == 0
            ? Errno.None
            : Libc.LastError;
    }

    /// <summary>Binds a socket that is not bound to the interface of an ifindex.</summary>
    public static bool TryBind(in DuplicatedSocket socket, uint index) =>
        Libc.setsockopt(socket.Descriptor, Libc.SOL_SOCKET, Libc.SO_BINDTOIFINDEX, &index, sizeof(uint)) == 0;

    /// <summary>The ifindex that a socket is bound to; 0 for none.</summary>
    public static uint BoundIndex(in DuplicatedSocket socket) =>
        (uint)(socket.GetOption(Libc.SOL_SOCKET, Libc.SO_BINDTOIFINDEX) ?? 0);

    /// <summary>
    /// Whether a socket belongs to our network namespace. Before SO_NETNS_COOKIE (Linux 5.14) the namespace
    /// of the calling thread stands for that of its socket.
    /// </summary>
    public bool IsOfOurNamespace(in DuplicatedSocket socket, int tid) => namespaceCookie is ulong ours
        ? socket.GetLongOption(Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE) == ours
        : NamespaceLink(tid.ToString(CultureInfo.InvariantCulture)) == namespaceLink;

    /// <summary>The normal route of a socket's packets to a destination, by its mark and its type of service.</summary>
    /// <returns>None; ENETUNREACH and the like where no route leads there.</returns>
    public Errno RouteOf(in DuplicatedSocket socket, in Endpoint destination, out Route route)
    {
        int? tos = destination.Address.Family == IpFamily.IPv4
            ? socket.GetOption(Libc.SOL_IP, Libc.IP_TOS)
            : socket.GetOption(Libc.SOL_IPV6, Libc.IPV6_TCLASS);
        return routes.Ask(destination, (uint)(socket.GetOption(Libc.SOL_SOCKET, Libc.SO_MARK) ?? 0), (byte)(tos ?? 0), out route);
    }

    public void Dispose()
    {
        routes.Dispose();
        control.Dispose();
    }

    /// <summary>What names the network namespace of a process, "net:[…]".</summary>
    internal static string? NamespaceLink(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;
}
