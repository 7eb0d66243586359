using System.Net.Sockets;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Plans;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Proc;

public sealed unsafe class ThreadFileTests
{
    [Fact]
    public void The_inode_of_a_socket_is_the_same_by_each_descriptor()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var same = new DescriptorHandle(LibC.fcntl((int)socket.Handle, LibC.F_DUPFD_CLOEXEC, 0));

        Assert.Equal(Errno.None, ThreadFile.SocketInode(Environment.ProcessId, (int)socket.Handle, out uint inode));
        Assert.Equal(Errno.None, ThreadFile.SocketInode(Environment.ProcessId, same.Descriptor, out uint again));
        Assert.True(inode != 0 && inode == again);
    }

    [Fact]
    public void What_is_no_socket_says_so()
    {
        using var file = DescriptorHandle.Open("/dev/null", LibC.O_CLOEXEC);

        Assert.Equal(Errno.ENOTSOCK, ThreadFile.SocketInode(Environment.ProcessId, file.Descriptor, out _));
        Assert.Equal(Errno.EBADF, ThreadFile.SocketInode(Environment.ProcessId, 1_000_000, out _));
        Assert.Equal(Errno.EBADF, ThreadFile.SocketInode(Environment.ProcessId, -1, out _));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, SocketType.Stream, "TCP", SocketKind.Stream)]
    [InlineData(AddressFamily.InterNetworkV6, SocketType.Stream, "TCPv6", SocketKind.Stream)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Dgram, "UDP", SocketKind.Unknown)]
    [InlineData(AddressFamily.Unix, SocketType.Stream, null, SocketKind.Local)]
    public void The_protocol_of_a_socket_has_a_name(AddressFamily family, SocketType type, string? name, SocketKind kind)
    {
        using var socket = new Socket(family, type, ProtocolType.Unspecified);
        Span<byte> room = stackalloc byte[32];

        ReadOnlySpan<byte> found = room[..ThreadFile.SocketProtocol(Environment.ProcessId, (int)socket.Handle, room)];

        Assert.Equal(kind, SocketKinds.Of(found));
        Assert.Equal(name ?? Encoding.ASCII.GetString(found), Encoding.ASCII.GetString(found));
    }

    [Fact]
    public void The_memory_of_a_thread_can_be_opened()
    {
        long value = 0x1234_5678, read = 0;
        using var memory = new DescriptorHandle(ThreadFile.OpenMemory(Environment.ProcessId));

        Assert.Equal(sizeof(long), (long)LibC.pread(memory.Descriptor, &read, sizeof(long), (long)&value));
        Assert.Equal(value, read);
        Assert.Equal(-1, ThreadFile.OpenMemory(int.MaxValue));
    }

    [Theory]
    [InlineData("socket:[4294967295]", 4294967295u)]
    [InlineData("socket:[1]", 1u)]
    [InlineData("socket:[1", 0u)]
    [InlineData("socket:[]", 0u)]
    [InlineData("socket:[4294967296]", 0u)]
    [InlineData("pipe:[1]", 0u)]
    [InlineData("socket:[1]x", 0u)]
    [InlineData("", 0u)]
    public void A_link_names_an_inode(string link, uint inode)
    {
        Assert.Equal(inode != 0, InodeLink.TryParse(Encoding.ASCII.GetBytes(link), "socket"u8, out uint read));
        Assert.True(inode == 0 || read == inode);
    }
}
