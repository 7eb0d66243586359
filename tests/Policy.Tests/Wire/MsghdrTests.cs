using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class MsghdrTests
{
    [Fact]
    public void The_fields_of_a_64_bit_program_are_eight_bytes_apart_with_padding_after_the_length()
    {
        byte[] bytes =
        [
            .. Word(0x7fff_0000_1111_0001), .. Bytes.Int(28), 0xee, 0xee, 0xee, 0xee,
            .. Word(0x7fff_0000_2222_0002), .. Word(0x1_0000_0003),
            .. Word(0x7fff_0000_3333_0003), .. Word(0x1_0000_0028),
            .. Bytes.Int(0x4000), 0xee, 0xee, 0xee, 0xee,
        ];

        Assert.Equal(AbiLayout.Bits64.MsghdrLength, bytes.Length);
        Assert.Equal(
            new Msghdr(0x7fff_0000_1111_0001, 28, 0x7fff_0000_2222_0002, 0x1_0000_0003, 0x7fff_0000_3333_0003, 0x1_0000_0028),
            Msghdr.Read(bytes, AbiLayout.Bits64));
    }

    [Fact]
    public void The_fields_of_a_32_bit_program_are_four_bytes_apart()
    {
        byte[] bytes =
        [
            .. Bytes.Int(0xfff0_0001), .. Bytes.Int(16), .. Bytes.Int(0xfff0_0002), .. Bytes.Int(3),
            .. Bytes.Int(0xfff0_0003), .. Bytes.Int(0x8000_0028), .. Bytes.Int(0x4000),
        ];

        Assert.Equal(AbiLayout.Bits32.MsghdrLength, bytes.Length);
        Assert.Equal(
            new Msghdr(0xfff0_0001, 16, 0xfff0_0002, 3, 0xfff0_0003, 0x8000_0028),
            Msghdr.Read(bytes, AbiLayout.Bits32));
    }

    [Fact]
    public void A_negative_length_stays_negative() =>
        Assert.Equal(-1, Msghdr.Read([.. Word(0), .. Bytes.Int(uint.MaxValue), .. new byte[44]], AbiLayout.Bits64).NameLength);

    /// <summary>The kernel ignores an address without a length, and takes no more than a sockaddr_storage.</summary>
    [Theory]
    [InlineData(0, 0, false, 0)]
    [InlineData(0, 16, false, 0)]
    [InlineData(1, 0, false, 0)]
    [InlineData(1, 1, true, 1)]
    [InlineData(1, 16, true, 16)]
    [InlineData(1, 128, true, 128)]
    [InlineData(1, 129, true, 128)]
    [InlineData(1, int.MaxValue, true, 128)]
    [InlineData(1, -1, true, 0)]
    public void An_address_counts_as_far_as_the_kernel_reads_it(ulong name, int length, bool hasName, int kernelLength)
    {
        var header = new Msghdr(name, length, 0, 0, 0, 0);

        Assert.Equal(hasName, header.HasName);
        Assert.Equal(kernelLength, header.KernelNameLength);
    }

    [Fact]
    public void Control_messages_count_by_their_length()
    {
        Assert.True(new Msghdr(0, 0, 0, 0, 0, 1).HasControl);
        Assert.True(new Msghdr(0, 0, 0, 0, 1, 1UL << 32).HasControl);
        Assert.False(new Msghdr(0, 0, 0, 0, 1, 0).HasControl);
    }

    private static byte[] Word(ulong value) => BitConverter.GetBytes(value);
}
