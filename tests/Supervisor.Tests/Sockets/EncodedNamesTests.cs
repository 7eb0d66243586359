using System.Text;
using BindToInterface.Supervisor.Sockets;
using Xunit;

namespace BindToInterface.Supervisor.Tests.Sockets;

public sealed class EncodedNamesTests
{
    private readonly EncodedNames names = new();

    [Fact]
    public void Each_name_is_its_own_however_many_there_are()
    {
        string[] many = [.. Enumerable.Range(0, 20).Select(number => $"tún{number}")];

        foreach (string name in (string[])[.. many, .. many])
        {
            Assert.Equal(Encoding.UTF8.GetBytes(name), names.Of(name));
        }
    }

    [Fact]
    public void A_name_that_is_known_allocates_nothing()
    {
        const string Name = "ovpn";
        _ = names.Of(Name);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            _ = names.Of(Name);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
