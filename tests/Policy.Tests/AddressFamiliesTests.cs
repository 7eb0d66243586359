namespace BindToInterface.Policy.Tests;

public sealed class AddressFamiliesTests
{
    private const int Flags = 0x80000 | 0x800; // SOCK_CLOEXEC, SOCK_NONBLOCK

    [Theory]
    [InlineData(1, 0, Errno.None)]
    [InlineData(1, 6, Errno.None)]
    [InlineData(2, 17, Errno.None)]
    [InlineData(2, 136, Errno.None)]
    [InlineData(3, 1, Errno.None)]
    [InlineData(3, 255, Errno.None)]
    [InlineData(5, 132, Errno.None)]
    [InlineData(10, 0, Errno.EAFNOSUPPORT)] // SOCK_PACKET
    [InlineData(10, 263, Errno.EAFNOSUPPORT)]
    [InlineData(11, 0, Errno.EINVAL)]
    [InlineData(0x11, 0, Errno.EINVAL)] // a flag that the kernel does not know
    [InlineData(5, 6, Errno.ESOCKTNOSUPPORT)]
    [InlineData(4, 263, Errno.EINVAL)]
    [InlineData(1, 262, Errno.EPROTONOSUPPORT)] // MPTCP
    [InlineData(1, 256, Errno.EPROTONOSUPPORT)] // SMC
    [InlineData(2, 115, Errno.EPROTONOSUPPORT)] // L2TP
    [InlineData(3, 115, Errno.None)]
    [InlineData(3, 256, Errno.EPROTONOSUPPORT)]
    [InlineData(1, 263, Errno.EINVAL)] // a later kernel's
    [InlineData(1, 33, Errno.EPROTONOSUPPORT)]
    [InlineData(2, 6, Errno.EPROTONOSUPPORT)]
    [InlineData(2, 58, Errno.None)]
    [InlineData(1, 132, Errno.None)]
    [InlineData(1, -1, Errno.EINVAL)]
    [InlineData(3, 512, Errno.EINVAL)]
    [InlineData(6, 0, Errno.ESOCKTNOSUPPORT)] // DCCP
    [InlineData(4, 0, Errno.ESOCKTNOSUPPORT)]
    public void An_IP_socket_is_of_a_type_and_a_protocol_of_the_list(int type, int protocol, Errno expected)
    {
        Assert.Equal(expected, AddressFamilies.JudgeIpSocket(type, protocol));
        Assert.Equal(expected, AddressFamilies.JudgeIpSocket(type | Flags, protocol));
    }

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
