using System.Text;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Check;

/// <summary>The program, where one is given: can it be executed? It is looked for as execvp(3) does.</summary>
internal static class ProgramRules
{
    private const string Area = "program";

    /// <param name="name">The word that names it.</param>
    /// <param name="path">The variable PATH.</param>
    public static Finding Judge(string name, string? path)
    {
        string[] places = name.Contains('/', StringComparison.Ordinal)
            ? [name]
            : [.. (path ?? "/bin:/usr/bin").Split(':').Select(folder => Path.Join(folder.Length == 0 ? "." : folder, name))];
        string? found = Array.Find(places, File.Exists);
        return Array.Find(places, place => File.Exists(place) && IsExecutable(place)) is string executable
            ? Finding.Ok(Area, $"{name} is {executable}")
            : found is null
            ? Finding.Problem(Area, $"{name} is not found (status 127)")
            : Finding.Problem(Area, $"{found} is not executable (status 126)") with { Command = $"chmod +x {found}" };
    }

    private static unsafe bool IsExecutable(string place)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes($"{place}\0"))
        {
            return LibC.access(path, LibC.X_OK) == 0;
        }
    }
}
