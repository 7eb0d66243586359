namespace BindToInterface.Policy.Wire;

/// <summary>
/// The Unix sockets (unix(7)) of well-known programs that take a job over from one that is started later: they already run,
/// and go their own way. Known by their usual paths, so that a user can be told; nothing depends on it.
/// </summary>
public static class TakeoverSocket
{
    /// <summary>Who listens at the path of a sockaddr_un, in words; null for nobody known.</summary>
    public static string? OwnerOf(ReadOnlySpan<byte> sockaddr)
    {
        string[] components = ResolverDaemon.PathOf(sockaddr).Split('/');
        if (components.Length < 2)
        {
            return null;
        }

        string name = components[^1];
        string folder = components[^2];
        return name switch
        {
            "docker.sock" or "podman.sock" or "containerd.sock" => "the container engine",
            "SingletonSocket" => "the browser that has this profile open",
            "private" when folder == "systemd" => "systemd",
            _ when folder.StartsWith("tmux-", StringComparison.Ordinal) => "the tmux server",
            _ when folder.StartsWith("S-", StringComparison.Ordinal) && components.Length > 2 && components[^3].StartsWith("screen", StringComparison.Ordinal) =>
                "screen",
            _ when folder.StartsWith("emacs", StringComparison.Ordinal) && folder.AsSpan(5).TrimStart("0123456789").IsEmpty => "the Emacs server",
            _ when components.AsSpan(..^1).Contains(".ssh") && folder != "agent" => "the ssh connection that is open already",
            _ when name.StartsWith("ssh_mux_", StringComparison.Ordinal) => "the ssh connection that is open already",
            _ => null,
        };
    }
}
