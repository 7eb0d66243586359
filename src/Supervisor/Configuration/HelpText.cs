using System.Text;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>The text of <c>--help</c>, in lines of at most 100 columns.</summary>
internal static class HelpText
{
    private const int Indent = 32, Columns = 100;

    public static string Make()
    {
        var text = new StringBuilder(
            """
            Usage: bti-supervise [OPTIONS] [--] PROGRAM [ARG...]

            Runs a program so that the IP traffic it starts goes out through one interface, or not at all.


            """);
        foreach (Setting setting in Setting.All)
        {
            string left = setting.ShortOption is string letter ? $"  {letter}, {setting.Usage}" : $"  {setting.Usage}";
            text.Append(left.Length + 2 > Indent ? $"{left}\n{new string(' ', Indent)}" : left.PadRight(Indent));
            string repeatable = setting.IsRepeatable && setting.ValueName is not null ? "; repeatable" : "";
            string variable = setting.Variable is string name ? $" [{name}]" : "";
            AppendWrapped(text, setting.Help.Replace("`", "", StringComparison.Ordinal) + repeatable + variable);
        }

        return text.Append(
            """

            An option wins over its variable. Exit status: that of the program; 125 if bti-supervise fails,
            126 if the program cannot be executed, 127 if it is not found.

            Examples:
              bti-supervise --interface ovpn --dns 8.8.8.8 curl ifconfig.me
              bti-supervise --interface ovpn --dns 8.8.8.8 --exclude loopback,192.168.0.0/16 bash

            """).ToString();
    }

    private static void AppendWrapped(StringBuilder text, string words)
    {
        int column = Indent;
        foreach (string word in words.Split(' '))
        {
            string separator = column == Indent ? "" : column + 1 + word.Length > Columns ? $"\n{new string(' ', Indent)}" : " ";
            text.Append(separator).Append(word);
            column = separator.Length > 1 ? Indent + word.Length : column + separator.Length + word.Length;
        }

        text.Append('\n');
    }
}
