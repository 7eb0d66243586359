namespace BindToInterface.EndToEnd;

/// <summary>tests/programs/held.c and held_*.c: calls that a supervisor is in the middle of while something happens.</summary>
internal static class HeldProgram
{
    private static readonly Lazy<string> Compiled = new(() => WaysProgram.Compile("held", "held*.c"));

    /// <summary>Words before a command that root is to run as an ordinary user.</summary>
    public static readonly string[] AsUser = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];

    public static string[] Words(params string[] words) => [Compiled.Value, .. words];

    /// <summary>The words of a command, run by root, that has the slow file: in namespaces of its own, which end with it.</summary>
    public static string[] Stage(params string[] words) =>
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "timeout", "60", .. Words(words)];
}
