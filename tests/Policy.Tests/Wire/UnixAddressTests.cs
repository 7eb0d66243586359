using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class UnixAddressTests
{
    [Fact]
    public void A_path_ends_at_its_null_byte() => Assert.Equal("/run/x", UnixAddress.TextOf([1, 0, .. "/run/x"u8, 0, 7]));

    [Fact]
    public void An_abstract_name_has_an_at_sign() => Assert.Equal("@x11", UnixAddress.TextOf([1, 0, 0, .. "x11"u8]));

    [Fact]
    public void An_address_without_a_path_is_empty() => Assert.Equal("", UnixAddress.TextOf([1, 0]));
}
