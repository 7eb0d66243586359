using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>The filter as a whole: accepted by the kernel's checker, and what it looks at.</summary>
public sealed class FilterProgramTests
{
    private const int NumberOffset = 0, ArchOffset = 4;

    // AUDIT_ARCH_… of linux/audit.h, the four that we know and others.
    private static readonly uint[] Architectures =
    [
        0xc000_003e, 0x4000_0003, 0xc000_00b7, 0x4000_0028,
        0, 1, uint.MaxValue, 0x0000_003e, 0x8000_003e, 0x4000_003e, 0x0000_0003, 0xc000_0003, 0x8000_00b7, 0x0000_0028,
        0x8000_0016, 0x0000_0008, 0x4000_0008, 0xc000_00f3, 0xc000_0102,
    ];

    public static TheoryData<string> EntryNames => Filters.EntryNames;

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void Every_filter_is_one_that_the_kernel_takes(string entry)
    {
        foreach (FilterOptions options in Filters.AllOptions)
        {
            Assert.NotNull(Filters.Build(entry, options));
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void An_unknown_entry_into_the_kernel_is_refused_whatever_the_call(string entry)
    {
        var known = Filters.MachineOf(entry).Select(table => table.AuditArch).ToHashSet();
        foreach (FilterOptions options in Filters.AllOptions)
        {
            foreach (uint arch in Architectures.Where(arch => !known.Contains(arch)))
            {
                foreach (int number in Filters.Entries[entry].Numbers.Values.Concat([0, 1, 39, 1000]))
                {
                    var looked = new HashSet<int>();
                    Assert.Equal("ENOSYS", Filters.Decide(entry, options, new Call(arch, (uint)number), looked));
                    Assert.Equal([ArchOffset], looked);
                }
            }
        }
    }

    [Fact]
    public void Every_x32_call_is_refused_without_a_look_at_its_arguments()
    {
        const uint X32Bit = 0x4000_0000;
        IEnumerable<uint> numbers = Enumerable.Range(0, 1_100).Select(number => (uint)number).Append(0x3fff_ffffu).Append(0xbfff_ffffu);
        foreach (FilterOptions options in Filters.AllOptions)
        {
            foreach (uint number in numbers)
            {
                var looked = new HashSet<int>();
                Assert.Equal("ENOSYS", Filters.Decide("x86-64", options, Garbage(SyscallTable.X86_64, number | X32Bit), looked));
                Assert.Subset(new HashSet<int> { NumberOffset, ArchOffset }, looked);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_call_that_is_not_named_is_allowed_without_a_look_at_its_arguments(string entry)
    {
        SyscallTable table = Filters.Entries[entry];
        HashSet<uint> named = [.. table.Numbers.Values.Select(number => (uint)number)];
        IEnumerable<uint> numbers = Enumerable.Range(0, 1_100).Select(number => (uint)number)
            .Append(0x0fff_ffffu).Append(0x8000_0000u).Append(0x8000_0000u | 42)
            .Concat(named.Select(number => number | 0x0001_0000u));
        foreach (FilterOptions options in Filters.AllOptions)
        {
            foreach (uint number in numbers.Where(number => !named.Contains(number)))
            {
                var looked = new HashSet<int>();
                Assert.Equal(Filters.Allow, Filters.Decide(entry, options, Garbage(table, number), looked));
                Assert.Subset(new HashSet<int> { NumberOffset, ArchOffset }, looked);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void Where_nothing_is_asked_of_us_no_call_is_looked_at(string entry)
    {
        SyscallTable table = Filters.Entries[entry];
        foreach (int number in table.Numbers.Values)
        {
            var looked = new HashSet<int>();
            Assert.Equal(Filters.Allow, Filters.Decide(entry, default, Garbage(table, (uint)number), looked));
            Assert.Subset(new HashSet<int> { NumberOffset, ArchOffset }, looked);
        }
    }

    /// <summary>A number means another call by the other entry: 102 is getuid for 64 bits, socketcall for 32.</summary>
    [Theory]
    [InlineData("x86-64", 102, Filters.Allow)]
    [InlineData("i386", 102, Filters.Trap)]
    [InlineData("x86-64", 42, Filters.Trap)]
    [InlineData("i386", 42, Filters.Allow)]
    [InlineData("arm64", 203, Filters.Trap)]
    [InlineData("arm", 203, Filters.Allow)]
    [InlineData("arm64", 283, Filters.Allow)]
    [InlineData("arm", 283, Filters.Trap)]
    public void A_number_is_read_by_its_own_entry(string entry, int number, string decision) =>
        Assert.Equal(decision, Filters.Decide(entry, Filters.Interface, new Call(Filters.Entries[entry].AuditArch, (uint)number, 3)));

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void Random_calls_are_decided_as_the_model_says(string entry)
    {
        var random = new Random(2_012);
        SyscallTable table = Filters.Entries[entry];
        SystemCall[] calls = [.. table.Numbers.Keys];
        ulong[] interesting =
        [
            0, 1, 2, 3, 4, 6, 8, 10, 11, 12, 14, 15, 16, 17, 20, 25, 27, 31, 32, 35, 36, 38, 39, 41, 42, 46, 48, 50, 57, 58, 62, 76, 107, 110, 111, 115, 132, 136, 255, 256, 262, 300, 1232, 600,
            ulong.MaxValue, uint.MaxValue, 1UL << 32, 1UL << 63,
        ];
        for (int round = 0; round < 200_000; round++)
        {
            SystemCall call = calls[random.Next(calls.Length)];
            FilterOptions options = Filters.WithTrace[random.Next(Filters.WithTrace.Count)];
            ulong[] arguments = random.GetItems(interesting, 6);
            arguments[random.Next(6)] |= (ulong)random.NextInt64() << 32;

            string expected = FilterModel.Decide(options, call, arguments);
            string decision = Filters.Decide(entry, options, call, arguments);

            Assert.True(expected == decision, $"{call}({string.Join(", ", arguments)}) with {options}: {decision} instead of {expected}");
        }
    }

    [Fact]
    public void Settings_lead_to_what_they_need_and_to_no_other_combination()
    {
        AddressPair none = default;
        var one = new AddressPair(new Endpoint(IpAddress.FromIPv4(0x0a08_0002), 53), null);

        Assert.Equal(default, For(null, none, none, false));
        Assert.Equal(Filters.LogOnly, For(null, none, none, true));
        Assert.Equal(Filters.LogOnly, For(null, none, one, false));
        Assert.Equal(Filters.Interface, For("ovpn", none, none, false));
        Assert.Equal(Filters.Interface, For("ovpn", none, one, true));
        Assert.Equal(Filters.Dns, For(null, one, none, false));
        Assert.Equal(Filters.InterfaceAndDns, For("ovpn", one, none, false));

        static FilterOptions For(string? interfaceName, AddressPair dns, AddressPair source, bool logsDecisions) => FilterOptions.For(
            new TrafficPolicyOptions { Interface = interfaceName, Dns = dns, Source = source }, logsDecisions);
    }

    private static Call Garbage(SyscallTable table, uint number) =>
        new(table.AuditArch, number, 2, 3, 262, 0xdead_beef_dead_beef, ulong.MaxValue, 16);
}
