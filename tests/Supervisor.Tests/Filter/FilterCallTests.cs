using BindToInterface.Supervisor.Filter;

namespace BindToInterface.Supervisor.Tests.Filter;

/// <summary>Tables of calls, each by every entry that has it.</summary>
public sealed class FilterCallTests
{
    private const ulong Upper = 0xdead_beef_0000_0000;

    public static TheoryData<string> EntryNames => Filters.EntryNames;

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void What_names_a_destination_in_memory_is_trapped(string entry)
    {
        foreach (FilterOptions options in Filters.AllOptions.Where(options => options.JudgesDestinations))
        {
            Assert.Equal(Filters.Trap, Filters.Decide(entry, options, SystemCall.Connect, 3, 0x7fff_0000, 16));
            Assert.Equal(Filters.Trap, Filters.Decide(entry, options, SystemCall.Connect, 3, 0, 0));
            Assert.Equal(Filters.Trap, Filters.Decide(entry, options, SystemCall.Sendmsg, 3, 0x7fff_0000, 0));
            Assert.Equal(Filters.Trap, Filters.Decide(entry, options, SystemCall.Sendmsg, 3, 0, 0));
            Assert.Equal(Filters.Trap, Filters.Decide(entry, options, SystemCall.Sendmmsg, 3, 0x7fff_0000, 0, 0));
        }
    }

    [Theory]
    [InlineData(0, Filters.Allow)]
    [InlineData(0x7fff_1234_5678, Filters.Trap)]
    [InlineData(1, Filters.Trap)]
    [InlineData(0x8000_0000, Filters.Trap)]
    [InlineData(0xffff_ffff, Filters.Trap)]
    [InlineData(0x1_0000_0000, Filters.Trap)]
    [InlineData(0x7fff_0000_0000, Filters.Trap)]
    [InlineData(0x8000_0000_0000_0000, Filters.Trap)]
    public void A_send_is_trapped_by_either_half_of_its_address(ulong address, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            // The other arguments are not looked at: a length of zero is no destination of zero.
            ulong[] without = [3, 0x7fff_0000, 100, 0, address, 0];
            ulong[] with = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, address, ulong.MaxValue];
            foreach (FilterOptions options in Filters.AllOptions.Where(options => options.JudgesDestinations))
            {
                Assert.Equal(decision, Filters.Decide(entry, options, SystemCall.Sendto, without));
                Assert.Equal(decision, Filters.Decide(entry, options, SystemCall.Sendto, with));
                string received = options.RestoresDnsSource ? decision : Filters.Allow;
                Assert.Equal(received, Filters.Decide(entry, options, SystemCall.Recvfrom, without));
                Assert.Equal(received, Filters.Decide(entry, options, SystemCall.Recvfrom, with));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_socket_is_of_an_allowed_family(string entry)
    {
        int[] allowed = [1 /* UNIX */, 2 /* INET */, 10 /* INET6 */, 16 /* NETLINK */, 38 /* ALG */];
        foreach (int family in Enumerable.Range(0, 51).Concat([-1, 256 + 2, 65_536 + 2, int.MaxValue, int.MinValue + 2]))
        {
            string expected = allowed.Contains(family) ? Filters.Allow : "EAFNOSUPPORT";
            foreach (SystemCall call in new[] { SystemCall.Socket, SystemCall.Socketpair })
            {
                Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, call, (uint)family, 1, 0));
                Assert.Equal(expected, Filters.Decide(entry, Filters.InterfaceAndDns, call, Upper | (uint)family, Upper | 2, Upper));
                Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Dns, call, (uint)family, 1, 0));
                Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.LogOnly, call, (uint)family, 1, 0));
            }
        }
    }

    /// <summary>SOCK_PACKET on AF_INET is an AF_PACKET socket, whatever flags its type carries.</summary>
    [Theory]
    [InlineData(2, 10, "EAFNOSUPPORT")]
    [InlineData(2, 10 | 0x80000, "EAFNOSUPPORT")]
    [InlineData(2, 10 | 0x800, "EAFNOSUPPORT")]
    [InlineData(2, 10 | 0x80800, "EAFNOSUPPORT")]
    [InlineData(2, 10 | 0xdead_beef_0000_0000, "EAFNOSUPPORT")]
    [InlineData(10, 10, "EAFNOSUPPORT")]
    [InlineData(1, 10, Filters.Allow)]
    [InlineData(2, 1, Filters.Allow)]
    [InlineData(2, 2 | 0x80800, Filters.Allow)]
    [InlineData(2, 3, Filters.Allow)]
    [InlineData(2, 5, Filters.Allow)]
    [InlineData(10, 3 | 0x80000, Filters.Allow)]
    public void A_socket_is_not_of_type_SOCK_PACKET(ulong family, ulong type, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, type, 0x300));
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socketpair, family, type, 0x300));
        }
    }

    /// <summary>IPPROTO_MPTCP (262), and IPPROTO_SMC (256), which since Linux 6.11 is AF_SMC by another name.</summary>
    [Theory]
    [InlineData(2, 262, "EPROTONOSUPPORT")]
    [InlineData(10, 262, "EPROTONOSUPPORT")]
    [InlineData(2, 262 | 0xdead_beef_0000_0000, "EPROTONOSUPPORT")]
    [InlineData(2, 256, "EPROTONOSUPPORT")]
    [InlineData(10, 256, "EPROTONOSUPPORT")]
    [InlineData(1, 262, Filters.Allow)]
    [InlineData(16, 262, Filters.Allow)]
    [InlineData(2, 0, Filters.Allow)]
    [InlineData(2, 6, Filters.Allow)]
    [InlineData(10, 17, Filters.Allow)]
    [InlineData(2, 132, Filters.Allow)]
    [InlineData(2, 136, Filters.Allow)]
    [InlineData(2, 255, Filters.Allow)]
    [InlineData(10, 58, Filters.Allow)]
    public void A_socket_does_not_carry_IP_by_ways_of_its_own(ulong family, ulong protocol, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, 1, protocol));
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, 1 | 0x80800, protocol));
        }
    }

    /// <summary>IPPROTO_L2TP (115): its datagram sockets ignore what steers the others.</summary>
    [Theory]
    [InlineData(2, 2, "EPROTONOSUPPORT")]
    [InlineData(10, 2 | 0x80800, "EPROTONOSUPPORT")]
    [InlineData(2, 3, Filters.Allow)]
    [InlineData(1, 2, Filters.Allow)]
    public void A_datagram_socket_is_not_of_L2TP(ulong family, ulong type, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, type, Upper | 115));
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void The_socket_options_that_name_an_interface_are_trapped_and_no_others(string entry)
    {
        (int Level, int[] Names)[] judged =
        [
            (1, [25, 62]),
            (0, [3, 4, 50, 32, 35, 36, 37, 38, 39, 40, 42, 43, 44, 45, 46, 47]),
            (41, [76, 17, 20, 27, 36, 50, 57, 6, 42, 43, 44, 45, 46, 47]),
            (255, [36]),
            (132, [107, 110]),
        ];
        foreach (int level in new[] { 0, 1, 6, 17, 41, 58, 132, 255, 263, -1 })
        {
            foreach (int name in Enumerable.Range(0, 130).Append(-1).Append(256 + 25))
            {
                string expected = judged.Any(option => option.Level == level && option.Names.Contains(name)) ? Filters.Trap : Filters.Allow;
                Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Setsockopt, 3, (uint)level, (uint)name, 1, 4));
                Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Setsockopt, 3, Upper | (uint)level, Upper | (uint)name, 0, 0));
                Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Dns, SystemCall.Setsockopt, 3, (uint)level, (uint)name, 1, 4));
                Assert.Equal(
                    (level, name) == (132, 111) ? Filters.Trap : Filters.Allow,
                    Filters.Decide(entry, Filters.Interface, SystemCall.Getsockopt, 3, Upper | (uint)level, Upper | (uint)name, 0, 0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void The_io_uring_calls_do_not_exist(string entry)
    {
        foreach (SystemCall call in new[] { SystemCall.IoUringSetup, SystemCall.IoUringEnter, SystemCall.IoUringRegister })
        {
            Assert.Equal("ENOSYS", Filters.Decide(entry, Filters.Interface, call, 8, 0x7fff_0000));
            Assert.Equal("ENOSYS", Filters.Decide(entry, Filters.Dns, call));
            Assert.Equal(Filters.Allow, Filters.Decide(entry, default, call, 8, 0x7fff_0000));
        }
    }

    /// <summary>The calls of linux/net.h, of which socketpair (8) is judged by its arguments, and those are in memory.</summary>
    [Fact]
    public void A_socketcall_is_trapped_by_its_number()
    {
        uint[] destinations = [3, 11, 16, 20];
        uint[] doors = [1, 8, 14, 15];
        const uint Recvfrom = 12;
        foreach (uint number in Enumerable.Range(0, 40).Select(number => (uint)number).Append(uint.MaxValue).Append(256u + 3))
        {
            foreach (FilterOptions options in Filters.AllOptions.Where(options => options.JudgesDestinations))
            {
                bool trapped = destinations.Contains(number)
                    || (options.BindsToInterface && doors.Contains(number))
                    || (options.RestoresDnsSource && number == Recvfrom);
                string expected = trapped ? Filters.Trap : Filters.Allow;
                string decision = Filters.Decide("i386", options, SystemCall.Socketcall, number, 0xffff_0000);
                Assert.True(expected == decision, $"socketcall {number} with {options}: {decision} instead of {expected}");
            }
        }
    }

    [Theory]
    [InlineData(0, nameof(SystemCall.None), 0)]
    [InlineData(1, nameof(SystemCall.Socket), 3)]
    [InlineData(2, nameof(SystemCall.None), 0)] // bind
    [InlineData(3, nameof(SystemCall.Connect), 3)]
    [InlineData(8, nameof(SystemCall.Socketpair), 4)]
    [InlineData(9, nameof(SystemCall.None), 0)] // send
    [InlineData(11, nameof(SystemCall.Sendto), 6)]
    [InlineData(12, nameof(SystemCall.Recvfrom), 6)]
    [InlineData(14, nameof(SystemCall.Setsockopt), 5)]
    [InlineData(15, nameof(SystemCall.Getsockopt), 5)]
    [InlineData(16, nameof(SystemCall.Sendmsg), 3)]
    [InlineData(17, nameof(SystemCall.None), 0)] // recvmsg
    [InlineData(20, nameof(SystemCall.Sendmmsg), 4)]
    [InlineData(21, nameof(SystemCall.None), 0)]
    [InlineData(uint.MaxValue, nameof(SystemCall.None), 0)]
    public void A_socketcall_stands_for_a_call_with_as_many_arguments_as_the_kernel_reads(uint number, string call, int arguments)
    {
        SystemCall inner = FilterProgram.FromSocketcall(number);

        Assert.Equal(call, inner.ToString());
        Assert.True(inner == SystemCall.None || FilterProgram.SocketcallArguments(inner) == arguments);
    }
}
