using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class AbiLayoutTests
{
    [Fact]
    public void The_structures_of_64_bit_programs_have_the_size_of_their_fields()
    {
        AbiLayout layout = AbiLayout.Bits64;

        Assert.Equal((56, 64, 16, 16), (layout.MsghdrLength, layout.MmsghdrLength, layout.IovecLength, layout.CmsghdrLength));
    }

    [Fact]
    public void The_structures_of_32_bit_programs_have_the_size_of_their_fields()
    {
        AbiLayout layout = AbiLayout.Bits32;

        Assert.Equal((28, 32, 8, 12), (layout.MsghdrLength, layout.MmsghdrLength, layout.IovecLength, layout.CmsghdrLength));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 8, 4)]
    [InlineData(3, 8, 4)]
    [InlineData(4, 8, 4)]
    [InlineData(5, 8, 8)]
    [InlineData(8, 8, 8)]
    [InlineData(9, 16, 12)]
    [InlineData(36, 40, 36)]
    public void Lengths_are_rounded_up_to_words(int length, int in64Bits, int in32Bits)
    {
        Assert.Equal(in64Bits, AbiLayout.Bits64.Align(length));
        Assert.Equal(in32Bits, AbiLayout.Bits32.Align(length));
    }

    [Fact]
    public void A_word_is_read_whole_and_no_further()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 0xf8];

        Assert.Equal(0xf807_0605_0403_0201, AbiLayout.Bits64.ReadWord(bytes));
        Assert.Equal(0x0403_0201UL, AbiLayout.Bits32.ReadWord(bytes));
        Assert.Equal(0xf807_0605UL, AbiLayout.Bits32.ReadWord(bytes.AsSpan(4)));
    }
}
