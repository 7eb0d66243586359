using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Addresses;

public sealed class AddressFamiliesTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(10, true)]
    [InlineData(16, false)]
    [InlineData(38, false)]
    [InlineData(17, true)]
    [InlineData(3, true)]
    [InlineData(65535, true)]
    public void An_address_may_lead_out_unless_it_is_of_a_family_that_cannot(ushort family, bool expected)
    {
        byte[] bytes = new byte[28];
        BitConverter.TryWriteBytes(bytes, family);

        Assert.Equal(expected, Sockaddr.MayLeadOut(bytes));
        Assert.Equal(expected, Sockaddr.MayLeadOut(bytes.AsSpan(..2)));
        Assert.True(Sockaddr.MayLeadOut(bytes.AsSpan(..1)));
        Assert.True(Sockaddr.MayLeadOut([]));
    }
}
