using System.Globalization;
using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>Supervised shells that run what they are told, and what --status says of them.</summary>
internal sealed class Supervisors(Lab lab) : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly List<Running> running = [];

    /// <summary>Where an ordinary user's sockets are.</summary>
    public string RuntimeFolder => scratch.Folder;

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = RuntimeFolder };

    /// <summary>Starts a supervised shell, and waits until --status shows it.</summary>
    public Running Start(Who who, string options)
    {
        var shell = lab.Start(who, Lab.Supervise(options, "bash"), Environment);
        running.Add(shell);
        Wait.Until(() => TryFind(who, shell.Pid) is not null, () => $"--status does not show {shell}: {Ask(who, "--status")}");
        return shell;
    }

    /// <summary>Has a shell run a command, and waits for its end.</summary>
    public static void Tell(Running shell, string command)
    {
        string mark = Guid.NewGuid().ToString();
        shell.Input.Write(System.Text.Encoding.UTF8.GetBytes($"{command}\necho {mark}\n"));
        shell.Input.Flush();
        shell.WaitForOutput(mark);
    }

    public Result Ask(Who who, string options) => lab.Run(who, [Lab.Supervisor, .. options.Split(' ')], Environment);

    public JsonElement Find(Who who, int pid) => TryFind(who, pid) ?? throw new InvalidOperationException($"{pid} is not in {Ask(who, "--status")}");

    public JsonElement? TryFind(Who who, int pid) => All(who).Where(each => each.GetProperty("pid").GetInt32() == pid).Select(each => (JsonElement?)each).FirstOrDefault();

    public JsonElement[] All(Who who) => [.. JsonDocument.Parse(Ask(who, "--status --format json").Output).RootElement.EnumerateArray()];

    /// <summary>Counts as text: what is not 0.</summary>
    public static string Counts(JsonElement status) => string.Join(' ', status.GetProperty("counts").EnumerateObject()
        .Where(count => count.Value.GetInt64() != 0).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Name} {count.Value.GetInt64()}")));

    public void Dispose()
    {
        running.ForEach(each => each.Dispose());
        scratch.Dispose();
    }
}
