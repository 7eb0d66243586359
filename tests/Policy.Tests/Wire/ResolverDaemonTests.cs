using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class ResolverDaemonTests
{
    [Theory]
    [InlineData("/run/nscd/socket")]
    [InlineData("/var/run/nscd/socket")]
    [InlineData("/run/systemd/resolve/io.systemd.Resolve")]
    [InlineData("/var/run/systemd/resolve/io.systemd.Resolve")]
    [InlineData("//run//nscd///socket")]
    [InlineData("/./run/./nscd/socket")]
    [InlineData("/run/nscd/./././socket")]
    [InlineData("//var/run/nscd/socket")]
    [InlineData("/var/./run//nscd/socket")]
    [InlineData("/run/systemd/../nscd/socket")]
    [InlineData("/run/nscd/../systemd/resolve/io.systemd.Resolve")]
    [InlineData("/../run/nscd/socket")]
    [InlineData("/tmp/../run/nscd/socket")]
    [InlineData("/run/nscd/socket/")]
    [InlineData("/run/nscd/socket/.")]
    public void Their_sockets_are_known_however_the_path_is_spelt(string path)
    {
        Assert.True(ResolverDaemon.IsNamedBy(Bytes.Unix(path)));
        Assert.True(ResolverDaemon.IsNamedBy(Bytes.Unix(path + '\0')));
        Assert.True(ResolverDaemon.IsNamedBy(Bytes.Unix(path + "\0/garbage\0")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/run")]
    [InlineData("/run/nscd")]
    [InlineData("/run/nscd/socket2")]
    [InlineData("/run/nscd/sock")]
    [InlineData("/run/nscd/socket/x")]
    [InlineData("/run/nscd/Socket")]
    [InlineData("/RUN/nscd/socket")]
    [InlineData("/runx/nscd/socket")]
    [InlineData("/run/nscd2/socket")]
    [InlineData("/var/nscd/socket")]
    [InlineData("/var/var/run/nscd/socket")]
    [InlineData("/varrun/nscd/socket")]
    [InlineData("/vars/run/nscd/socket")]
    [InlineData("/tmp/run/nscd/socket")]
    [InlineData("/tmp/var/run/nscd/socket")]
    [InlineData("/run/nscd/...")]
    [InlineData("/run/nscd/socket/..")]
    [InlineData("/run/.nscd/socket")]
    [InlineData("run/nscd/socket")]
    [InlineData("./run/nscd/socket")]
    [InlineData("\0/run/nscd/socket")]
    [InlineData("/run/systemd/resolve/io.systemd.Resolve.Monitor")]
    [InlineData("/run/systemd/resolve/io.systemd.resolve")]
    [InlineData("/run/systemd/resolve/io.systemd.Network")]
    [InlineData("/run/systemd/resolve")]
    [InlineData("/run/dbus/system_bus_socket")]
    [InlineData("/var")]
    [InlineData("/var/")]
    public void Near_misses_are_not_resolver_daemons(string path)
    {
        Assert.False(ResolverDaemon.IsNamedBy(Bytes.Unix(path)));
        Assert.False(ResolverDaemon.IsNamedBy(Bytes.Unix(path + '\0')));
    }

    [Fact]
    public void A_path_that_goes_on_after_a_zero_is_another_path() =>
        Assert.False(ResolverDaemon.IsNamedBy(Bytes.Unix("/run/nscd\0/socket")));

    [Fact]
    public void Addresses_without_a_path_are_not_resolver_daemons()
    {
        Assert.False(ResolverDaemon.IsNamedBy([]));
        Assert.False(ResolverDaemon.IsNamedBy([1]));
        Assert.False(ResolverDaemon.IsNamedBy([1, 0]));
    }

    [Fact]
    public void A_path_may_fill_the_longest_address()
    {
        string known = "/run/nscd/socket";
        string padded = new string('/', Sockaddr.MaximumLength - 2 - known.Length) + known;

        Assert.True(ResolverDaemon.IsNamedBy(Bytes.Unix(padded)));
        Assert.False(ResolverDaemon.IsNamedBy(Bytes.Unix("/" + new string('a', Sockaddr.MaximumLength - 3))));
    }

    [Theory]
    [InlineData("/run/nscd/socket", "/run/nscd/socket")]
    [InlineData("/run/nscd/socket\0", "/run/nscd/socket")]
    [InlineData("/run/nscd/socket\0\0\0", "/run/nscd/socket")]
    public void The_path_is_shown_without_its_end(string path, string shown) =>
        Assert.Equal(shown, ResolverDaemon.PathOf(Bytes.Unix(path)));

    [Fact]
    public void Random_paths_agree_with_the_frameworks_own_idea_of_a_path()
    {
        var random = new Random(1_003);
        string[] parts = ["run", "nscd", "socket", "var", "systemd", "resolve", "io.systemd.Resolve", ".", "..", "", "x"];
        int known = 0;
        for (int round = 0; round < 200_000; round++)
        {
            string path = "/" + string.Join('/', random.GetItems(parts, random.Next(1, 8)));
            string full = Path.GetFullPath(path).TrimEnd('/');
            string plain = full.StartsWith("/var/", StringComparison.Ordinal) ? full["/var".Length..] : full;
            bool expected = plain is "/run/nscd/socket" or "/run/systemd/resolve/io.systemd.Resolve";

            Assert.True(expected == ResolverDaemon.IsNamedBy(Bytes.Unix(path)), path);
            known += expected ? 1 : 0;
        }

        Assert.True(known > 10, "too few of the random paths meant a daemon");
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7_007);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = RandomInput.Bytes(random, Sockaddr.MaximumLength);
            Assert.False(ResolverDaemon.IsNamedBy(bytes));
        }
    }
}
