using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>
/// How many instructions the kernel runs for a call, the return among them. From Linux 5.11 on it runs none for the calls that the
/// filter does not name; for the named ones, and for all on older kernels, each instruction is a cost of every such call.
/// </summary>
public sealed class FilterLengthTests
{
    private const ulong Pointer = 0x7fff_0000_0001;

    // AF_, SOCK_, SOL_ and the like by number, as in the kernel's headers.
    private static readonly (string What, int Most, SystemCall Call, ulong[] Arguments)[] Named =
    [
        ("connect", 8, SystemCall.Connect, [3, Pointer, 16]),
        ("sendto without an address", 12, SystemCall.Sendto, [3, Pointer, 1, 0, 0, 0]),
        ("sendto with an address", 10, SystemCall.Sendto, [3, Pointer, 1, 0, Pointer, 16]),
        ("recvfrom without an address", 12, SystemCall.Recvfrom, [3, Pointer, 1, 0, 0, 0]),
        ("recvfrom with an address", 10, SystemCall.Recvfrom, [3, Pointer, 1, 0, Pointer, Pointer]),
        ("sendmsg", 9, SystemCall.Sendmsg, [3, Pointer, 0]),
        ("sendmmsg", 11, SystemCall.Sendmmsg, [3, Pointer, 1, 0]),
        ("socket, Unix", 8, SystemCall.Socket, [1, 1, 0]),
        ("socket, TCP", 15, SystemCall.Socket, [2, 1, 0]),
        ("socket, UDP over IPv6", 19, SystemCall.Socket, [10, 2, 17]),
        ("setsockopt SO_REUSEADDR", 14, SystemCall.Setsockopt, [3, 1, 2]),
        ("setsockopt TCP_NODELAY", 17, SystemCall.Setsockopt, [3, 6, 1]),
        ("setsockopt IP_TOS", 31, SystemCall.Setsockopt, [3, 0, 1]),
        ("getsockopt SO_ERROR", 11, SystemCall.Getsockopt, [3, 1, 4]),
    ];

    [Fact]
    public void A_named_call_takes_few()
    {
        var longer = new List<string>();
        foreach ((string what, int most, SystemCall call, ulong[] arguments) in Named)
        {
            foreach (string entry in new[] { "x86-64", "arm64" })
            {
                foreach (FilterOptions options in Filters.AllOptions)
                {
                    int steps = Steps(entry, options, (uint)Filters.Entries[entry].Numbers[call], arguments);
                    if (steps > most + More(options))
                    {
                        longer.Add($"{what} by {entry} with {options}: {steps}");
                    }
                }
            }
        }

        Assert.Empty(longer);
    }

    /// <summary>Numbers of read, write, poll, futex and the like, and those that stand behind the calls on sockets.</summary>
    [Theory]
    [InlineData("x86-64", 0, 203, 10)]
    [InlineData("x86-64", 0, 600, 14)]
    [InlineData("arm64", 0, 197, 8)]
    [InlineData("arm64", 0, 600, 14)]
    public void A_call_that_is_not_named_takes_few(string entry, int first, int last, int most)
    {
        var named = Filters.Entries[entry].Numbers.Values.ToHashSet();
        // Strict mode names more calls, and is not measured by this.
        foreach (FilterOptions options in Filters.AllOptions.Where(options => !options.IsStrict))
        {
            foreach (int number in Enumerable.Range(first, last - first + 1).Where(number => !named.Contains(number)))
            {
                int steps = Steps(entry, options, (uint)number, []);
                Assert.True(steps <= most + More(options), $"{number} with {options}: {steps}");
            }
        }
    }

    /// <summary>Where copies are kept, bind and listen are named as well; in strict mode listen.</summary>
    private static int More(FilterOptions options) => options.KeepsCopies || options.TakesSocketsElsewhere ? 2 : 0;

    private static int Steps(string entry, FilterOptions options, uint number, ulong[] arguments)
    {
        _ = Filters.Build(entry, options).Run(new Call(Filters.Entries[entry].AuditArch, number, arguments), null, out int steps);
        return steps;
    }
}
