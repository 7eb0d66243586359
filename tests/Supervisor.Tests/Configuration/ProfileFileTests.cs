using BindToInterface.EndToEnd;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>Which file a profile is, and whose file it may be.</summary>
public sealed class ProfileFileTests : IDisposable
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void None_is_read_where_none_is_named() => Assert.Null(Find([]));

    [Fact]
    public void A_name_is_looked_for_in_the_configuration_of_the_user()
    {
        Write("config/bind-to-interface/vpn.json", "{}");
        Write("home/.config/bind-to-interface/vpn.json", "{ }");

        foreach (string[] words in (string[][])[["@vpn"], ["--profile", "vpn"], ["--profile=vpn"]])
        {
            Assert.Equal(scratch.File("config/bind-to-interface/vpn.json"), Find(words)?.Path);
            Assert.Equal(scratch.File("home/.config/bind-to-interface/vpn.json"), Find(words, ("XDG_CONFIG_HOME", ""))?.Path);
            Assert.Equal(scratch.File("home/.config/bind-to-interface/vpn.json"), Find(words, ("XDG_CONFIG_HOME", "not/absolute"))?.Path);
        }

        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(Find(["@vpn"])!.Content));
        Assert.Equal(scratch.File("config/bind-to-interface/vpn.json"), Find([], ("BTI_PROFILE", "vpn"))?.Path);
        Assert.Equal(scratch.File("config/bind-to-interface/vpn.json"), Find(["@vpn"], ("BTI_PROFILE", "other"))?.Path);
        Assert.Null(Find([], ("BTI_PROFILE", "")));
    }

    [Fact]
    public void With_a_slash_it_is_a_path()
    {
        Write("my.json", "{}");

        Assert.Equal(scratch.File("my.json"), Find(["--profile", scratch.File("my.json")])?.Path);
        Assert.Equal(scratch.File("my.json"), Find([], ("BTI_PROFILE", scratch.File("my.json")))?.Path);
        Assert.Equal(scratch.File("my.json"), Find(["--profile", Path.GetRelativePath(Environment.CurrentDirectory, scratch.File("my.json"))])?.Path);
    }

    [Theory]
    [InlineData("@", "@: '' is not the name of a profile; accepted is ")]
    [InlineData("@..", "@..: '..' is not the name of a profile; accepted is ")]
    [InlineData("@.vpn", "@.vpn: '.vpn' is not the name of a profile; accepted is ")]
    [InlineData("@../vpn", "@../vpn: a name has no slash; accepted is @NAME, or --profile with a path")]
    [InlineData("@/etc/vpn.json", "@/etc/vpn.json: a name has no slash; accepted is @NAME, or --profile with a path")]
    [InlineData("--profile=", "--profile: '' is not the name of a profile; accepted is ")]
    public void A_name_has_no_parts_of_a_path(string word, string message) => Assert.StartsWith(message, Error(word), StringComparison.Ordinal);

    [Fact]
    public void The_error_says_where_it_was_looked_for_and_what_there_is()
    {
        Write("config/bind-to-interface/work.json", "{}");
        Write("config/bind-to-interface/home.json", "{}");

        string message = Error("@nosuch");
        Assert.StartsWith($"@nosuch: there is no {scratch.File("config/bind-to-interface/nosuch.json")} and no /etc/bind-to-interface/nosuch.json", message, StringComparison.Ordinal);
        Assert.Contains("existing profiles: ", message, StringComparison.Ordinal);
        Assert.Contains("home", message, StringComparison.Ordinal);
        Assert.Contains("work", message, StringComparison.Ordinal);
        Assert.Contains("a path has a slash: ./my.json", Error("--profile=my.json"), StringComparison.Ordinal);
        Assert.Equal($"--profile: there is no {scratch.File("no.json")}", Error($"--profile={scratch.File("no.json")}"));
    }

    [Theory]
    [InlineData(OwnersOnly, true)]
    [InlineData(OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, true)]
    [InlineData(OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, true)]
    [InlineData(OwnersOnly | UnixFileMode.OtherWrite, false)]
    public void A_file_that_others_can_write_is_refused(UnixFileMode mode, bool isFine)
    {
        string path = Write("my.json", "{}");
        File.SetUnixFileMode(path, mode);

        if (isFine)
        {
            Assert.NotNull(Find(["--profile", path]));
        }
        else
        {
            string message = Error($"--profile={path}");
            Assert.StartsWith($"{path}: other users can write it; accepted is a file that only ", message, StringComparison.Ordinal);
            Assert.EndsWith($"(chmod go-w {path})", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_file_is_refused_without_waiting()
    {
        Assert.Equal($"{scratch.Folder}: this is not a regular file, which is what is accepted", Error($"--profile={scratch.Folder}"));
        Assert.Equal("/dev/null: this is not a regular file, which is what is accepted", Error("--profile=/dev/null"));
        Write("big.json", new string(' ', (1 << 20) + 1));
        Assert.StartsWith($"{scratch.File("big.json")}: it is too large; accepted are ", Error($"--profile={scratch.File("big.json")}"), StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = scratch.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string Error(string word) => Assert.Throws<SettingsException>(() => Find([word])).Message;

    private Profile? Find(string[] words, params (string Variable, string Value)[] environment) => Profile.Find(
        CommandLine.Parse(words),
        variable => environment.Append(("XDG_CONFIG_HOME", scratch.File("config"))).Append(("HOME", scratch.File("home")))
            .FirstOrDefault(pair => pair.Item1 == variable).Item2);
}
