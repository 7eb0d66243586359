using System.Collections;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>No interface is set: guesses what the user meant, for the message that says so.</summary>
internal static class MissingInterface
{
    /// <summary>Names that users may take for <c>BIND_INTERFACE</c>.</summary>
    private static readonly string[] Meant = [Setting.Interface.Variable!, "BTI_INTERFACE", "BIND_IFACE", "BTI_IFACE", "BIND_DEVICE"];

    /// <summary>A hint that begins with a semicolon; empty where nothing looks like a setting.</summary>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="variables">The names and values of the environment.</param>
    /// <param name="interfaces">The names of the interfaces that exist.</param>
    public static string Hint(ReadOnlySpan<string> program, IDictionary variables, IReadOnlyCollection<string> interfaces)
    {
        for (int i = 0; i < program.Length; i++)
        {
            string name = program[i].Split('=')[0];
            bool isOption = i > 0 && (name == Setting.Interface.Option
                || (name == "-i" && i + 1 < program.Length && interfaces.Contains(program[i + 1])));
            if (isOption || (name == Setting.Interface.Variable && program[i].Length > name.Length))
            {
                return $"; '{name}' stands after PROGRAM: put it before {(isOption ? "PROGRAM" : "bti-supervise")}";
            }
        }

        foreach (string name in variables.Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            if (name == Setting.Interface.Variable)
            {
                return $"; {name} is empty";
            }

            if (Meant.Any(meant => Spelling.IsClose(name.ToUpperInvariant(), meant)))
            {
                return $"; the variable {name} is not read: did you mean {Setting.Interface.Variable}?";
            }
        }

        return variables.Contains("SUDO_COMMAND") ? $"; sudo does not pass the environment on: use {Setting.Interface.Option}" : "";
    }
}
