using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

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
    [InlineData(2, 0, "ESOCKTNOSUPPORT")]
    [InlineData(2, 12, "EINVAL")]
    [InlineData(2, 1 | 0x1000, "EINVAL")]
    [InlineData(2, 4, "ESOCKTNOSUPPORT")] // SOCK_RDM
    [InlineData(10, 6 | 0x80000, "ESOCKTNOSUPPORT")] // SOCK_DCCP
    [InlineData(1, 4, Filters.Allow)]
    [InlineData(16, 3, Filters.Allow)]
    public void A_socket_is_of_a_type_of_the_list_and_not_of_SOCK_PACKET(ulong family, ulong type, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, type, 0));
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.Socketpair, family, type, 0));
        }
    }

    /// <summary>
    /// IPPROTO_SMC (256) opens connections of its own, IPPROTO_L2TP (115) datagrams ignore what steers the others; what a kernel
    /// makes up next is not on the list either. IPPROTO_MPTCP (262) becomes TCP.
    /// </summary>
    [Theory]
    [InlineData(1, new[] { 0, 6, 132 })]
    [InlineData(2, new[] { 0, 1, 17, 58, 136 })]
    [InlineData(5, new[] { 0, 132 })]
    public void A_socket_is_of_a_protocol_of_the_list(uint type, int[] allowed)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            foreach (int protocol in Enumerable.Range(-1, 600).Concat([int.MaxValue, int.MinValue, 65_536 + 6]))
            {
                string expected = allowed.Contains(protocol) ? Filters.Allow
                    : (type, protocol) == (1, 262) ? Filters.Trap
                    : protocol is < 0 or > 262 ? "EINVAL"
                    : type == 5 ? "ESOCKTNOSUPPORT"
                    : "EPROTONOSUPPORT";
                foreach (ulong family in new ulong[] { 2, 10 })
                {
                    Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, type, (uint)protocol));
                    Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, Upper | family, Upper | type | 0x80800, Upper | (uint)protocol));
                    Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Dns, SystemCall.Socket, family, type, (uint)protocol));
                }

                Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, 1, type, (uint)protocol));
            }
        }
    }

    [Theory]
    [InlineData(0x3d0f00, Filters.Allow)] // a thread
    [InlineData(0x4111, Filters.Allow)] // vfork
    [InlineData(17, Filters.Allow)] // fork
    [InlineData(0x400 | 17, "EPERM")]
    [InlineData(0x500 | 17, "EPERM")]
    public void In_strict_mode_descriptors_are_shared_by_the_threads_of_a_process_alone(ulong flags, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Strict, SystemCall.Clone, Upper | flags));
            Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Interface, SystemCall.Clone, flags));
            Assert.Equal("ENOSYS", Filters.Decide(entry, Filters.Strict, SystemCall.Clone3, 0x7fff_0000, 88));
            Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Interface, SystemCall.Clone3, 0x7fff_0000, 88));
        }
    }

    /// <summary>Where the supervisor makes the IP sockets, what would open is trapped, and nothing else.</summary>
    [Theory]
    [MemberData(nameof(EntryNames))]
    public void In_strict_mode_an_IP_socket_that_would_open_is_trapped(string entry)
    {
        foreach (ulong family in new ulong[] { 1, 2, 10, 16, 38, 17, 44 })
        {
            foreach (ulong type in new ulong[] { 0, 1, 2, 3, 4, 5, 6, 10, 11, 1 | 0x80000, 2 | 0x80800, 1 | 0x1000 })
            {
                foreach (ulong protocol in new ulong[] { 0, 1, 6, 17, 58, 115, 132, 136, 255, 256, 262, 263 })
                {
                    string usual = Filters.Decide(entry, Filters.Interface, SystemCall.Socket, family, type, protocol);
                    string expected = usual == Filters.Allow && family is 2 or 10 ? Filters.Trap : usual;
                    Assert.Equal(expected, Filters.Decide(entry, Filters.Strict, SystemCall.Socket, Upper | family, Upper | type, Upper | protocol));
                    Assert.Equal(
                        Filters.Decide(entry, Filters.Interface, SystemCall.Socketpair, family, type, protocol),
                        Filters.Decide(entry, Filters.Strict, SystemCall.Socketpair, family, type, protocol));
                }
            }
        }
    }

    /// <summary>What a raw socket carries the program writes itself: ping, traceroute, nmap and routing daemons use many numbers.</summary>
    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_raw_socket_is_of_any_protocol_that_fits_into_a_header(string entry)
    {
        foreach (int protocol in Enumerable.Range(-1, 600).Append(int.MaxValue).Append(int.MinValue))
        {
            string expected = protocol is >= 0 and < 256 ? Filters.Allow : protocol is < 0 or > 262 ? "EINVAL" : "EPROTONOSUPPORT";
            Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, 2, 3, Upper | (uint)protocol));
            Assert.Equal(expected, Filters.Decide(entry, Filters.Interface, SystemCall.Socket, 10, 3 | 0x80000, (uint)protocol));
        }
    }

    /// <summary>request_key(type, description, callout_info, keyring).</summary>
    [Theory]
    [InlineData(0, Filters.Allow)]
    [InlineData(0x7fff_1234_5678, "ENOKEY")]
    [InlineData(1, "ENOKEY")]
    [InlineData(0x1_0000_0000, "ENOKEY")]
    public void A_key_that_a_helper_of_the_kernel_would_have_to_make_is_not_there(ulong callOut, string decision)
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, SystemCall.RequestKey, 0x7fff_0000, 0x7fff_0000, callOut, 0));
            Assert.Equal(decision, Filters.Decide(entry, Filters.InterfaceAndDns, SystemCall.RequestKey, 0, 0, callOut, ulong.MaxValue));
            Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Dns, SystemCall.RequestKey, 0, 0, callOut, 0));
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void The_socket_options_that_name_an_interface_are_trapped_and_no_others(string entry)
    {
        (int Level, int[] Names)[] judged =
        [
            (1, [25, 62]),
            (0, [3, 4, 50, 32, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48]),
            (41, [76, 17, 20, 27, 32, 36, 50, 57, 6, 42, 43, 44, 45, 46, 47, 48]),
            (6, [31]),
            (255, [36]),
            (132, [107, 110]),
        ];
        foreach (int level in new[] { 0, 1, 6, 17, 41, 58, 132, 136, 255, 263, 284, -1 })
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
        const uint Recvfrom = 12, Listen = 4;
        foreach (uint number in Enumerable.Range(0, 40).Select(number => (uint)number).Append(uint.MaxValue).Append(256u + 3))
        {
            foreach (FilterOptions options in Filters.AllOptions.Where(options => options.JudgesDestinations))
            {
                bool trapped = destinations.Contains(number)
                    || (options.BindsToInterface && doors.Contains(number))
                    || (options.RestoresDnsSource && number == Recvfrom)
                    || (options.KeepsCopies && number is 1 or 2 or 4)
                    || (options.TakesSocketsElsewhere && number == Listen);
                string expected = trapped ? Filters.Trap : Filters.Allow;
                string decision = Filters.Decide("i386", options, SystemCall.Socketcall, number, 0xffff_0000);
                Assert.True(expected == decision, $"socketcall {number} with {options}: {decision} instead of {expected}");
            }
        }
    }

    [Theory]
    [InlineData(0, nameof(SystemCall.None), 0)]
    [InlineData(1, nameof(SystemCall.Socket), 3)]
    [InlineData(2, nameof(SystemCall.Bind), 3)]
    [InlineData(3, nameof(SystemCall.Connect), 3)]
    [InlineData(4, nameof(SystemCall.Listen), 2)]
    [InlineData(8, nameof(SystemCall.Socketpair), 4)]
    [InlineData(9, nameof(SystemCall.None), 0)] // send
    [InlineData(11, nameof(SystemCall.Sendto), 6)]
    [InlineData(12, nameof(SystemCall.Recvfrom), 6)]
    [InlineData(14, nameof(SystemCall.Setsockopt), 5)]
    [InlineData(15, nameof(SystemCall.Getsockopt), 5)]
    [InlineData(16, nameof(SystemCall.Sendmsg), 3)]
    [InlineData(17, nameof(SystemCall.Recvmsg), 3)]
    [InlineData(18, nameof(SystemCall.None), 0)] // accept4
    [InlineData(19, nameof(SystemCall.Recvmmsg), 5)]
    [InlineData(20, nameof(SystemCall.Sendmmsg), 4)]
    [InlineData(21, nameof(SystemCall.None), 0)]
    [InlineData(uint.MaxValue, nameof(SystemCall.None), 0)]
    public void A_socketcall_stands_for_a_call_with_as_many_arguments_as_the_kernel_reads(uint number, string call, int arguments)
    {
        (SystemCall inner, int count) = SocketcallTable.Find(number);

        Assert.Equal((call, arguments), (inner.ToString(), count));
    }
}
