using BindToInterface.Policy.Wire;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Tests;

public sealed class UnixControlTests
{
    private static readonly UnixCredentials Sender = new(4711, 1000, 100);

    private readonly int[] room = new int[UnixControl.MaximumDescriptors];

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Descriptors_of_several_messages_are_collected_and_other_levels_ignored(int wordSize)
    {
        var layout = new AbiLayout(wordSize);
        byte[] control = new ControlBuffer(layout).Add(SOL_SOCKET, SCM_RIGHTS, Ints(3, 4)).Add(SOL_IP, ControlBuffer.IpPktinfo, Ints(9, 0, 0))
            .Add(SOL_SOCKET, SCM_RIGHTS, Ints(5)).ToArray();

        Assert.True(UnixControl.TryRead(control, layout, room, out int count, out UnixCredentials? credentials));
        Assert.Equal([3, 4, 5], room[..count]);
        Assert.Null(credentials);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void The_last_credentials_count(int wordSize)
    {
        var layout = new AbiLayout(wordSize);
        byte[] control = new ControlBuffer(layout).Add(SOL_SOCKET, SCM_CREDENTIALS, Ints(1, 2, 3)).Add(SOL_SOCKET, SCM_CREDENTIALS, Ints(4711, 1000, 100)).ToArray();

        Assert.True(UnixControl.TryRead(control, layout, room, out int count, out UnixCredentials? credentials));
        Assert.Equal(0, count);
        Assert.Equal(Sender, credentials);
    }

    [Fact]
    public void What_the_kernel_does_not_know_is_not_valid()
    {
        Assert.False(IsValid(new ControlBuffer(AbiLayout.Bits64).Add(SOL_SOCKET, 77, Ints(1)).ToArray()));
        Assert.False(IsValid(new ControlBuffer(AbiLayout.Bits64).Add(SOL_SOCKET, SCM_CREDENTIALS, Ints(1, 2)).ToArray()));
        Assert.False(IsValid(Rights(new byte[(UnixControl.MaximumDescriptors + 1) * sizeof(int)]).ToArray()));
        Assert.False(IsValid(Rights(new byte[UnixControl.MaximumDescriptors * sizeof(int)]).Add(SOL_SOCKET, SCM_RIGHTS, Ints(1)).ToArray()));
        Assert.False(IsValid(new byte[16]));
        Assert.True(IsValid(Rights(new byte[UnixControl.MaximumDescriptors * sizeof(int)]).ToArray()));
        Assert.True(IsValid([]));
    }

    [Fact]
    public void A_rest_that_is_no_message_counts_only_for_a_32_bit_program()
    {
        Assert.True(IsValid(Rights(Ints(1, 2)).AddRaw(0, 0, 0, 0).ToArray()));
        Assert.False(UnixControl.TryRead(new ControlBuffer(AbiLayout.Bits32).Add(SOL_SOCKET, SCM_RIGHTS, Ints(1)).AddRaw(0, 0, 0, 0).ToArray(), AbiLayout.Bits32, room, out _, out _));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        int[] most = [.. Enumerable.Range(10, UnixControl.MaximumDescriptors)];
        byte[] destination = new byte[UnixControl.MaximumLength];
        int length = UnixControl.Write(most, Sender, destination);

        Assert.True(UnixControl.TryRead(destination.AsSpan(0, length), AbiLayout.Bits64, room, out int count, out UnixCredentials? credentials));
        Assert.Equal(most, room[..count]);
        Assert.Equal(Sender, credentials);
    }

    [Fact]
    public void Nothing_is_written_where_there_is_nothing_to_say() => Assert.Equal(0, UnixControl.Write([], null, new byte[8]));

    private bool IsValid(byte[] control) => UnixControl.TryRead(control, AbiLayout.Bits64, room, out _, out _);

    private static ControlBuffer Rights(byte[] data) => new ControlBuffer(AbiLayout.Bits64).Add(SOL_SOCKET, SCM_RIGHTS, data);

    private static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
