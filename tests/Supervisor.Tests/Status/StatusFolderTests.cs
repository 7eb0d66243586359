using BindToInterface.Policy;
using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

public sealed class StatusFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("status").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(0u, "/run/user/1000", null, "/run/bind-to-interface")]
    [InlineData(0u, null, "/run/news:/var/tmp/x", "/run/bind-to-interface /run/news/bind-to-interface")]
    [InlineData(1000u, "/run/user/1000", null, "/run/user/1000/bind-to-interface")]
    [InlineData(1000u, "/tmp/mine", "/run/news", "/tmp/mine/bind-to-interface /run/news/bind-to-interface /run/user/1000/bind-to-interface")]
    [InlineData(1000u, "relative", "", "/run/user/1000/bind-to-interface")]
    [InlineData(1000u, null, null, "/run/user/1000/bind-to-interface")]
    public void Each_user_has_places_of_its_own(uint user, string? runtime, string? units, string expected) => Assert.Equal(
        expected.Split(' '),
        StatusFolder.Own(user, name => name switch { "XDG_RUNTIME_DIR" => runtime, "RUNTIME_DIRECTORY" => units, _ => null }));

    [Fact]
    public void A_folder_is_made_for_its_owner_only()
    {
        string path = Path.Combine(root, "made");

        using StatusFolder? made = StatusFolder.Make(path, out Errno error);

        Assert.NotNull(made);
        Assert.Equal(Errno.None, error);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void One_that_others_could_enter_is_closed_to_them()
    {
        string path = Directory.CreateDirectory(Path.Combine(root, "open")).FullName;
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite | UnixFileMode.OtherRead);

        using StatusFolder? made = StatusFolder.Make(path, out _);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("missing/folder")]
    public void What_is_not_a_folder_of_its_own_is_not_used(string name)
    {
        Directory.CreateDirectory(Path.Combine(root, "target"));
        File.CreateSymbolicLink(Path.Combine(root, "link"), Path.Combine(root, "target"));
        File.WriteAllText(Path.Combine(root, "file"), "");

        Assert.Null(StatusFolder.Make(Path.Combine(root, name), out Errno error));
        Assert.NotEqual(Errno.None, error);
    }

    [Fact]
    public void Only_files_that_are_named_like_a_socket_are_looked_at()
    {
        foreach (string name in (string[])["12.sock", ".13.sock", "14", "x.sock", "-1.sock", "99999999999.sock"])
        {
            File.WriteAllText(Path.Combine(root, name), "");
        }

        using StatusFolder? folder = StatusFolder.Open(root);

        Assert.Equal(["12.sock"], folder!.Files());
    }
}
