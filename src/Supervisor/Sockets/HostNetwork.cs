using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Asks the kernel for its interfaces, addresses and routes (rtnetlink(7)). What cannot be asked is an empty list. For one thread.
/// </summary>
internal sealed unsafe class HostNetwork : INetworkFacts, IDisposable
{
    // The kernel fills datagrams of up to 32 KiB for a reader who has room for them.
    private const int MaximumAnswer = 32 * 1024;

    private readonly DescriptorHandle netlink =
        new(LibC.socket(Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, Native.NETLINK_ROUTE));

    private readonly byte[] answer = new byte[MaximumAnswer];
    private readonly Dictionary<(IpAddress, uint), RouteEntry?> asked = [];
    private uint sequence;

    public IReadOnlyList<LinkEntry> Links => field ??= Dump<LinkEntry>(NetworkList.Links, NetworkDump.ReadLink);

    public IReadOnlyList<AddressEntry> Addresses => field ??= Dump<AddressEntry>(NetworkList.Addresses, NetworkDump.ReadAddress);

    public IReadOnlyList<RouteEntry> Routes => field ??= Dump<RouteEntry>(NetworkList.Routes, RouteEntryReader.Read);

    public IReadOnlyList<NeighbourEntry> Neighbours => field ??= Dump<NeighbourEntry>(NetworkList.Neighbours, NetworkDump.ReadNeighbour);

    public RouteEntry? RouteTo(IpAddress destination, uint interfaceIndex)
    {
        if (!asked.TryGetValue((destination, interfaceIndex), out RouteEntry? route))
        {
            route = Ask(destination, interfaceIndex);
            asked.Add((destination, interfaceIndex), route);
        }

        return route;
    }

    public int ReversePathFilter(string interfaceName) => Math.Max(Setting("all"), Setting(interfaceName));

    public void Dispose() => netlink.Dispose();

    private static int Setting(string scope) =>
        SmallFile.Read($"/proc/sys/net/ipv4/conf/{scope}/rp_filter") is byte[] text && int.TryParse(Encoding.ASCII.GetString(text), out int value) ? value : 0;

    private RouteEntry? Ask(IpAddress destination, uint interfaceIndex)
    {
        byte* request = stackalloc byte[RouteMessages.MaximumRequest];
        // As it is stored: for a socket that is bound, the kernel else tells of destinations without a route that they are on the link.
        int length = RouteMessages.WriteRequest(
            new Span<byte>(request, RouteMessages.MaximumRequest), ++sequence, new Endpoint(destination, 0), 0, 0, asStored: true, interfaceIndex);
        List<RouteEntry> found = [];
        _ = Ask(request, length, RouteEntryReader.Read, found, isDump: false);
        return found.Find(route => route.Type is >= RouteType.Unicast and <= RouteType.Multicast
            && (interfaceIndex == 0 || route.InterfaceIndex == interfaceIndex));
    }

    private List<T> Dump<T>(NetworkList list, NetworkDump.Reader<T> read)
    {
        byte* request = stackalloc byte[NetworkDump.RequestLength];
        NetworkDump.WriteRequest(new Span<byte>(request, NetworkDump.RequestLength), list, ++sequence);
        List<T> found = [];
        // The request says itself how long it is.
        _ = Ask(request, *(int*)request, read, found, isDump: true);
        return found;
    }

    private Errno Ask<T>(byte* request, int length, NetworkDump.Reader<T> read, List<T> found, bool isDump)
    {
        if (LibC.write(netlink.Descriptor, request, length) < 0)
        {
            return Native.LastError;
        }

        fixed (byte* buffer = answer)
        {
            while (true)
            {
                nint received = (nint)LibC.read(netlink.Descriptor, buffer, MaximumAnswer);
                if (received < 0 && Native.LastError is var error and not Errno.EINTR)
                {
                    return error;
                }

                if (received >= 0 && (!NetworkDump.Read(answer.AsSpan(0, (int)received), sequence, read, found) || !isDump))
                {
                    return Errno.None;
                }
            }
        }
    }
}
