using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>The interpreter that the filter's tests rest on.</summary>
public sealed class ClassicBpfTests
{
    private const ushort Load = 0x20, Add = 0x04, Sub = 0x14, Or = 0x44, And = 0x54, LeftShift = 0x64, RightShift = 0x74, Negate = 0x84, Xor = 0xa4;
    private const ushort Jump = 0x05, IfEqual = 0x15, IfGreater = 0x25, IfGreaterOrEqual = 0x35, IfSet = 0x45;
    private const ushort Return = 0x06, ReturnAccumulator = 0x16;

    private static readonly SockFilter Yes = new(Return, 0, 0, 1);
    private static readonly SockFilter No = new(Return, 0, 0, 0);

    [Fact]
    public void A_load_reads_four_bytes_of_the_call()
    {
        var call = new Call(0xc000_003e, 42, 0x1111_2222_3333_4444, 0, 0, 0, 0, 0xaaaa_bbbb_cccc_dddd);

        Assert.Equal(42u, Run(call, new(Load, 0, 0, 0), new(ReturnAccumulator, 0, 0, 0)));
        Assert.Equal(0xc000_003eu, Run(call, new(Load, 0, 0, 4), new(ReturnAccumulator, 0, 0, 0)));
        Assert.Equal(0x3333_4444u, Run(call, new(Load, 0, 0, 16), new(ReturnAccumulator, 0, 0, 0)));
        Assert.Equal(0x1111_2222u, Run(call, new(Load, 0, 0, 20), new(ReturnAccumulator, 0, 0, 0)));
        Assert.Equal(0xaaaa_bbbbu, Run(call, new(Load, 0, 0, 60), new(ReturnAccumulator, 0, 0, 0)));
    }

    [Theory]
    [InlineData(Add, 5u, 7u, 12u)]
    [InlineData(Add, uint.MaxValue, 1u, 0u)]
    [InlineData(Sub, 5u, 7u, 0xffff_fffeu)]
    [InlineData(Or, 0x0fu, 0xf0u, 0xffu)]
    [InlineData(And, 0x1fu, 0xf0u, 0x10u)]
    [InlineData(Xor, 0xffu, 0x0fu, 0xf0u)]
    [InlineData(LeftShift, 1u, 31u, 0x8000_0000u)]
    [InlineData(RightShift, 0x8000_0000u, 31u, 1u)]
    [InlineData(Negate, 1u, 0u, uint.MaxValue)]
    public void Arithmetic_is_that_of_32_bits(ushort code, uint number, uint k, uint expected) =>
        Assert.Equal(expected, Run(new Call(0, number), new(Load, 0, 0, 0), new(code, 0, 0, k), new(ReturnAccumulator, 0, 0, 0)));

    [Theory]
    [InlineData(IfEqual, 5u, 5u, true)]
    [InlineData(IfEqual, 5u, 6u, false)]
    [InlineData(IfGreater, 6u, 5u, true)]
    [InlineData(IfGreater, 5u, 5u, false)]
    [InlineData(IfGreater, 0x8000_0000u, 1u, true)]
    [InlineData(IfGreaterOrEqual, 5u, 5u, true)]
    [InlineData(IfGreaterOrEqual, 4u, 5u, false)]
    [InlineData(IfSet, 6u, 2u, true)]
    [InlineData(IfSet, 5u, 2u, false)]
    public void A_conditional_jump_goes_one_of_two_ways(ushort code, uint number, uint k, bool holds)
    {
        var call = new Call(0, number);

        Assert.Equal(holds ? 1u : 0u, Run(call, new(Load, 0, 0, 0), new(code, 0, 1, k), Yes, No));
        Assert.Equal(holds ? 1u : 0u, Run(call, new(Load, 0, 0, 0), new(code, 1, 0, k), No, Yes));
    }

    [Fact]
    public void A_jump_skips_as_many_instructions_as_it_says() =>
        Assert.Equal(1u, Run(default(Call) with { Arguments = [] }, new(Jump, 0, 0, 2), No, No, Yes, No));

    [Fact]
    public void What_the_kernels_checker_refuses_is_refused()
    {
        Refused("1 to 4096");
        Refused("1 to 4096", [.. Enumerable.Repeat(Yes, 4097)]);
        Refused("must return", new SockFilter(Load, 0, 0, 0));
        Refused("within the program", new SockFilter(Jump, 0, 0, 0));
        Refused("within the program", new SockFilter(Jump, 0, 0, 1), Yes);
        Refused("within the program", Yes, new SockFilter(Jump, 0, 0, unchecked((uint)-2)), Yes);
        Refused("within the program", new SockFilter(IfEqual, 1, 0, 0), Yes);
        Refused("within the program", new SockFilter(IfEqual, 0, 1, 0), Yes);
        Refused("within the program", new SockFilter(IfEqual, 255, 255, 0), Yes);
        Refused("aligned", new SockFilter(Load, 0, 0, 2), Yes);
        Refused("aligned", new SockFilter(Load, 0, 0, 64), Yes);
        Refused("shift", new SockFilter(LeftShift, 0, 0, 32), Yes);
        Refused("unknown code 0x28", new SockFilter(0x28, 0, 0, 0), Yes); // BPF_LD | BPF_H | BPF_ABS
        Refused("unknown code 0xffff", new SockFilter(0xffff, 0, 0, 0), Yes);
    }

    [Fact]
    public void The_longest_program_is_taken() => _ = new ClassicBpf([.. Enumerable.Repeat(Yes, 4096)]);

    private static uint Run(Call call, params SockFilter[] program) => new ClassicBpf(program).Run(call);

    private static void Refused(string rule, params SockFilter[] program) =>
        Assert.Contains(rule, Assert.Throws<InvalidProgramException>(() => new ClassicBpf(program)).Message, StringComparison.Ordinal);
}
