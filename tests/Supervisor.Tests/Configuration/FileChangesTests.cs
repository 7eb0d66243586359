using BindToInterface.EndToEnd;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

/// <summary>Each way in which a file changes is told.</summary>
public sealed class FileChangesTests : IDisposable
{
    private readonly Scratch scratch = new();

    public FileChangesTests()
    {
        Directory.CreateDirectory(scratch.File("a/b"));
        File.WriteAllText(scratch.File("a/b/file"), "before");
    }

    public void Dispose() => scratch.Dispose();

    public static TheoryData<string, string> Ways => new()
    {
        { "written in place", "echo after >a/b/file" },
        { "replaced", "echo after >a/b/.new && mv a/b/.new a/b/file" },
        { "an editor's swap", "mv a/b/file a/b/file~ && echo after >a/b/file && rm a/b/file~" },
        { "linked in its place", "echo after >other && ln -f other a/b/file" },
        { "removed", "rm a/b/file" },
        { "other permissions", "chmod 600 a/b/file" },
        { "its folder moved away", "mv a/b a/c" },
        { "its folder removed", "rm -r a/b" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_change_is_told(string way, string command)
    {
        using var changes = new FileChanges(scratch.File("a/b/file"));
        Assert.Equal(Errno.None, changes.Watch());

        Task<Errno> wait = Waiting(changes);
        Do(command);
        Assert.True(await wait == Errno.None, way);
    }

    [Fact]
    public async Task A_file_behind_a_link_is_watched_too()
    {
        File.CreateSymbolicLink(scratch.File("link"), "a/b/file");
        using var changes = new FileChanges(scratch.File("link"));
        Assert.Equal(Errno.None, changes.Watch());

        Task<Errno> wait = Waiting(changes);
        Do("echo after >a/b/file");
        Assert.Equal(Errno.None, await wait);
    }

    [Fact]
    public async Task A_folder_that_is_made_anew_is_watched_again()
    {
        using var changes = new FileChanges(scratch.File("a/b/file"));
        Assert.Equal(Errno.None, changes.Watch());
        foreach (string command in (string[])["rm -r a", "mkdir a", "mkdir a/b", "echo after >a/b/file"])
        {
            Task<Errno> wait = Waiting(changes);
            Do(command);
            Assert.Equal(Errno.None, await wait);
            Assert.Equal(Errno.None, changes.Watch());
        }
    }

    [Fact]
    public async Task Nothing_is_told_where_nothing_happens()
    {
        using var changes = new FileChanges(scratch.File("a/b/file"));
        Assert.Equal(Errno.None, changes.Watch());

        Task<Errno> wait = Waiting(changes);
        Do("cat a/b/file >/dev/null; ls a/b >/dev/null");
        Assert.False(wait.IsCompleted);
        Do("rm a/b/file");
        Assert.Equal(Errno.None, await wait);
    }

    private static Task<Errno> Waiting(FileChanges changes) => Task.Factory.StartNew(changes.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Do(string command)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", command]) { WorkingDirectory = scratch.Folder })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
