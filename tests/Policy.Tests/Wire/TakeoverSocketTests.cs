using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests.Wire;

public sealed class TakeoverSocketTests
{
    [Theory]
    [InlineData("/tmp/tmux-1000/default", "tmux")]
    [InlineData("/run/docker.sock", "container")]
    [InlineData("/var/run/docker.sock", "container")]
    [InlineData("/run/user/1000/podman/podman.sock", "container")]
    [InlineData("/tmp/.org.chromium.Chromium.a1b2c3/SingletonSocket", "browser")]
    [InlineData("/home/u/.config/chromium/SingletonSocket", "browser")]
    [InlineData("/home/u/.ssh/cm-u@host:22", "ssh")]
    [InlineData("/home/u/.ssh/sockets/u@host", "ssh")]
    [InlineData("/tmp/ssh_mux_host_22_u", "ssh")]
    [InlineData("/run/user/1000/emacs/server", "Emacs")]
    [InlineData("/tmp/emacs1000/server", "Emacs")]
    [InlineData("/run/screen/S-u/1234.pts-0.host", "screen")]
    [InlineData("/run/systemd/private", "systemd")]
    public void Who_takes_jobs_over_is_known_by_the_path(string path, string owner) =>
        Assert.Contains(owner, TakeoverSocket.OwnerOf([.. Bytes.Unix(path), 0, 7]), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\0tmux-1000/default")]
    [InlineData("/run/dbus/system_bus_socket")]
    [InlineData("/tmp/ssh-XXXXabcd/agent.1234")]
    [InlineData("/home/u/.ssh/agent/s.abc.sshd.def")]
    [InlineData("/run/user/1000/wayland-0")]
    [InlineData("/tmp/emacsen/server")]
    [InlineData("/tmp/.X11-unix/X0")]
    [InlineData("docker")]
    public void Others_are_not(string path) => Assert.Null(TakeoverSocket.OwnerOf(Bytes.Unix(path)));
}
