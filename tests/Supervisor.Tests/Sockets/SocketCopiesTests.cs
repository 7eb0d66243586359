using System.Net;
using System.Net.Sockets;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Sockets;

/// <summary>This process is the program, too: one descriptor is the program's, and a duplicate of it the copy.</summary>
public sealed class SocketCopiesTests
{
    /// <summary>So many descriptors that there is room for all.</summary>
    private const int Plenty = 1_000_000;

    private static readonly int Self = Environment.ProcessId;

    private readonly SocketCopies copies = new(() => [Self], () => Plenty);

    [Fact]
    public void A_copy_is_found_by_its_inode_until_it_is_closed()
    {
        using Socket program = NewSocket();
        SocketCopy copy = Add(program);

        Assert.True(copies.TryBorrow(copy.Inode, Self, (int)program.Handle, out SocketCopy? found));
        Assert.Same(copy, found);
        found!.Return();
        Assert.True(IsOpen(copy.Descriptor));

        copies.Close(copy, "ovpn");

        Assert.False(IsOpen(copy.Descriptor));
        Assert.False(copies.TryBorrow(copy.Inode, Self, (int)program.Handle, out SocketCopy? former));
        Assert.Equal(("ovpn", 0), (former!.Interface, copies.Kept));
        Assert.False(copies.TryBorrow(copy.Inode + 1, Self, 0, out SocketCopy? stranger));
        Assert.Null(stranger);
    }

    [Fact]
    public void What_is_borrowed_stays_open_until_it_is_returned()
    {
        using Socket program = NewSocket();
        SocketCopy copy = Add(program);
        Assert.True(copies.TryBorrow(copy.Inode, Self, (int)program.Handle, out _));

        copies.Close(copy, null);

        Assert.True(IsOpen(copy.Descriptor));
        new DuplicatedSocket(copy).Dispose();
        Assert.False(IsOpen(copy.Descriptor));
    }

    [Fact]
    public void A_socket_that_is_missed_twice_is_swept()
    {
        Socket program = NewSocket();
        SocketCopy copy = Add(program);
        copies.Sweep(isPatient: true);
        copies.Sweep(isPatient: true);
        Assert.Equal(1, copies.Kept);

        Replace(copy, program);
        copies.Sweep(isPatient: true);
        Assert.Equal(1, copies.Kept);
        copies.Sweep(isPatient: true);

        Assert.Equal((0, 0), (copies.Kept, copies.Count));
        Assert.False(IsOpen(copy.Descriptor));
    }

    [Fact]
    public void A_use_in_between_starts_the_count_again()
    {
        using Socket program = NewSocket();
        SocketCopy copy = Add(program);
        var nobody = new SocketCopies(() => [], () => Plenty);
        nobody.Add(copy);
        nobody.HandedOver(copy, Self, -1);
        nobody.Sweep(isPatient: true);

        Assert.True(nobody.TryBorrow(copy.Inode, Self, (int)program.Handle, out _));
        copy.Return();
        nobody.Sweep(isPatient: true);

        Assert.Equal(1, nobody.Kept);
    }

    [Fact]
    public void A_duplicate_of_the_program_keeps_it()
    {
        Socket program = NewSocket();
        SocketCopy copy = Add(program);
        using var other = Duplicate(program);
        program.Dispose();

        copies.Sweep(isPatient: false);

        Assert.Equal(1, copies.Kept);
        Assert.Equal(Self, copy.Holder.Tid);
    }

    [Fact]
    public void One_that_was_not_handed_over_yet_is_not_looked_for()
    {
        using Socket program = NewSocket();
        SocketCopy copy = CopyOf(program);
        var nobody = new SocketCopies(() => [], () => Plenty);
        nobody.Add(copy);

        nobody.Sweep(isPatient: false);

        Assert.Equal(1, nobody.Kept);
        nobody.Remove(copy);
        Assert.Equal((0, 0), (nobody.Kept, nobody.Count));
    }

    [Fact]
    public void Those_that_are_gone_are_closed_before_half_of_the_descriptors_are_used()
    {
        var few = new SocketCopies(() => [Self], () => 40);
        using Socket held = NewSocket();
        SocketCopy copy = CopyOf(held);
        few.Add(copy);
        few.HandedOver(copy, Self, (int)held.Handle);

        for (uint inode = 1; inode <= 100; inode++)
        {
            Assert.True(few.TryMakeRoom());
            AddGone(few, inode);
            Assert.InRange(few.Kept, 0, 20);
        }

        Assert.True(IsOpen(copy.Descriptor));
    }

    [Fact]
    public void No_more_are_kept_than_leave_descriptors_for_all_else()
    {
        var few = new SocketCopies(() => [], () => 200);
        List<Socket> held = [];
        while (few.TryMakeRoom())
        {
            held.Add(NewSocket());
            SocketCopy copy = CopyOf(held[^1]);
            few.Add(copy);
            few.HandedOver(copy, Self, (int)held[^1].Handle);
        }

        Assert.Equal(136, few.Kept);
        held[0].Dispose();
        Assert.True(few.TryMakeRoom());
        Assert.Equal(135, few.Kept);
        held.ForEach(socket => socket.Dispose());
        few.Sweep(isPatient: false);
        Assert.Equal(0, few.Kept);
    }

    [Fact]
    public void While_no_process_can_be_looked_into_nothing_is_closed()
    {
        bool isShort = true;
        var few = new SocketCopies(() => isShort ? throw new IOException("Too many open files") : [], () => 20);
        for (uint inode = 1; inode <= 10; inode++)
        {
            AddGone(few, inode);
        }

        Assert.False(few.TryMakeRoom());
        Assert.Equal(10, few.Kept);

        isShort = false;
        Assert.True(few.TryMakeRoom());
        Assert.Equal(0, few.Kept);
    }

    [Fact]
    public void A_port_is_free_once_its_socket_is_closed()
    {
        var nobody = new SocketCopies(() => [], () => Plenty);
        using Socket bound = NewSocket(), other = NewSocket();
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)bound.LocalEndPoint!).Port;
        foreach (SocketCopy copy in (SocketCopy[])[CopyOf(bound), CopyOf(other)])
        {
            nobody.Add(copy);
            nobody.HandedOver(copy, Self, -1);
        }

        nobody.Free((ushort)(port ^ 1));
        Assert.Equal(2, nobody.Kept);
        nobody.Free(port);
        Assert.Equal(1, nobody.Kept);
    }

    [Fact]
    public void Sockets_that_are_gone_are_forgotten_when_there_are_many()
    {
        var nobody = new SocketCopies(() => [], () => Plenty);
        for (uint inode = 1; inode <= 1023; inode++)
        {
            var copy = new SocketCopy(inode, Linux.SOCK_STREAM, isIp: true, new DescriptorHandle(-1));
            nobody.Add(copy);
            nobody.Close(copy, "ovpn");
        }

        nobody.Sweep(isPatient: true);
        Assert.Equal(1023, nobody.Count);
        var last = new SocketCopy(1024, Linux.SOCK_STREAM, isIp: true, new DescriptorHandle(-1));
        nobody.Add(last);
        nobody.Close(last, null);
        nobody.Sweep(isPatient: true);

        Assert.Equal(0, nobody.Count);
    }

    [Fact]
    public void The_first_copy_is_told_of()
    {
        int told = 0;
        copies.Began += () => told++;
        using Socket one = NewSocket(), two = NewSocket();

        SocketCopy first = Add(one);
        Add(two);
        Assert.Equal(1, told);
        copies.Close(first, null);
        Assert.Equal(1, copies.Kept);
    }

    private static DescriptorHandle Duplicate(Socket socket) => new(LibC.fcntl((int)socket.Handle, LibC.F_DUPFD_CLOEXEC, 0));

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private static SocketCopy CopyOf(Socket program)
    {
        Assert.Equal(Errno.None, ThreadFile.SocketInode(Self, (int)program.Handle, out uint inode));
        return new SocketCopy(inode, Linux.SOCK_DGRAM, isIp: true, Duplicate(program));
    }

    /// <summary>One that was handed over, and that nobody has any more.</summary>
    private static void AddGone(SocketCopies copies, uint inode)
    {
        var copy = new SocketCopy(inode, Linux.SOCK_DGRAM, isIp: true, new DescriptorHandle(-1));
        copies.Add(copy);
        copies.HandedOver(copy, Self, -1);
    }

    private SocketCopy Add(Socket program)
    {
        SocketCopy copy = CopyOf(program);
        copies.Add(copy);
        copies.HandedOver(copy, Self, (int)program.Handle);
        return copy;
    }

    /// <summary>
    /// Here the copy is a descriptor of the same process, by which the socket would be found: it is opened anew as another one, while
    /// the table goes on to look for the inode.
    /// </summary>
    private static void Replace(SocketCopy copy, Socket program)
    {
        using Socket other = NewSocket();
        Assert.Equal(copy.Descriptor, LibC.dup3((int)other.Handle, copy.Descriptor, LibC.O_CLOEXEC));
        program.Dispose();
    }

    private static bool IsOpen(int descriptor) => LibC.fcntl(descriptor, LibC.F_GETFD, 0) >= 0;
}
