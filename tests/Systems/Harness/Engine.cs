namespace BindToInterface.Systems;

/// <summary>
/// A container engine, started in a lab, with the images of deploy/container built from local files: the supervisor
/// alone ("bti-supervise"), with a static busybox beside it ("bti-busybox"), and as a layer ("bound") of an existing
/// image ("debian").
/// </summary>
public abstract class Engine : IDisposable
{
    /// <summary>The name by which the test's network, the lab's, is known to the engine.</summary>
    private const string Network = "--network=host";

    /// <summary>The statically linked executable, which needs no libc of the image.</summary>
    private static readonly string Static =
        Environment.GetEnvironmentVariable("BTI_SUPERVISE_STATIC") is { Length: > 0 } path ? path : Repository.At("artifacts/container/bti-supervise");

    protected Engine()
    {
        SystemsPrerequisites.Demand();
        Folder = Directory.CreateTempSubdirectory("bti-engine-").FullName;
        Lab = new Lab();
    }

    public Lab Lab { get; }

    public abstract string Name { get; }

    /// <summary>What docs/containers.md says that `run` needs here beside the engine's defaults.</summary>
    public abstract string[] Needs { get; }

    /// <summary>Where the engine keeps what it keeps.</summary>
    protected string Folder { get; }

    /// <summary>The client's words before its subcommand.</summary>
    protected abstract string[] Client { get; }

    protected virtual IReadOnlyDictionary<string, string> ClientEnvironment { get; } = new Dictionary<string, string>();

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Shutdown();
        Lab.Dispose();
        Host.Run("rm", "--recursive", "--force", Folder);
    }

    public Running Start(params string[] words) => Lab.Start(Who.Root, [.. Client, .. words], ClientEnvironment);

    public Result Do(params string[] words)
    {
        using var running = Start(words);
        return running.Finish();
    }

    /// <summary>`run` with just these options.</summary>
    public Result RunPlain(string options, string image, params string[] words) =>
        Do(["run", "--rm", Network, .. Split(options), image, .. words]);

    /// <summary>`run` with what the documentation says is needed.</summary>
    public Result Run(string options, string image, params string[] words) =>
        RunPlain($"{string.Join(' ', Needs)} {options}", image, words);

    /// <summary>`run`, left running under this name.</summary>
    public Running StartRun(string name, string options, string image, params string[] words) =>
        Start(["run", "--name", name, Network, .. Needs, .. Split(options), image, .. words]);

    /// <summary>The last step of an engine's constructor: nobody disposes of what was never constructed.</summary>
    protected void BuildImages()
    {
        try
        {
            Build();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    protected virtual void Shutdown()
    {
    }

    private static string[] Split(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private void Build()
    {
        var context = Directory.CreateDirectory(Path.Combine(Folder, "context")).FullName;
        Assert.True(File.Exists(Static), $"{Static} is missing: make container");
        File.Copy(Static, Path.Combine(context, "bti-supervise"));
        File.Copy($"{Host.DebianRoot}/bin/busybox", Path.Combine(context, "busybox"));
        File.WriteAllText(Path.Combine(Folder, "Containerfile.busybox"), "FROM bti-supervise\nCOPY busybox /bin/busybox\n");

        Do("build", "--quiet", "--tag", "bti-supervise", "--file", Repository.At("deploy/container/Containerfile"), context).Succeeds();
        Do("build", "--quiet", "--tag", "bti-busybox", "--file", Path.Combine(Folder, "Containerfile.busybox"), context).Succeeds();
        Lab.Run(Who.Root, ["sh", "-c", $"tar --create --directory={Host.DebianRoot} --exclude=./usr/share --exclude=./var/cache . | {string.Join(' ', Client)} import - debian"], ClientEnvironment).Succeeds();
        Do("build", "--quiet", "--tag", "bound", "--build-arg", "BASE=debian", "--file", Repository.At("deploy/container/Containerfile.layer"), context).Succeeds();
    }
}
