using System.Text;
using System.Text.Json;

namespace BindToInterface.Supervisor.Check;

/// <summary>The findings for a reader: a table with a line for each, or one JSON document.</summary>
internal static class CheckReport
{
    private const string Reset = "\e[0m";

    /// <summary>State, area and text in columns, then the remedy. No line is cut.</summary>
    public static string Table(IReadOnlyList<Finding> findings, CheckedCommand command, bool isColoured)
    {
        int state = findings.Max(each => Word(each.State).Length), area = findings.Max(each => each.Area.Length);
        var table = new StringBuilder();
        foreach (Finding finding in findings)
        {
            string word = Word(finding.State);
            string remedy = finding.Remedy(command) is string typed ? $"; type: {typed}" : "";
            table.Append(isColoured ? $"{Colour(finding.State)}{word}{Reset}" : word).Append(' ', state - word.Length + 2)
                .Append(finding.Area.PadRight(area + 2)).Append($"{finding.Text}{remedy}".OneLine()).Append('\n');
        }

        return table.ToString();
    }

    /// <summary>An object with "ok" and the "findings": area, state, text, and the remedy or null.</summary>
    public static string Json(IReadOnlyList<Finding> findings, CheckedCommand command)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", Works(findings));
            json.WriteStartArray("findings");
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("area", finding.Area);
                json.WriteString("state", Word(finding.State));
                json.WriteString("text", finding.Text.OneLine());
                json.WriteString("remedy", finding.Remedy(command)?.OneLine());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return $"{Encoding.UTF8.GetString(bytes.ToArray())}\n";
    }

    /// <summary>Whether connections would work.</summary>
    public static bool Works(IEnumerable<Finding> findings) => findings.All(each => each.State != FindingState.Problem);

    private static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "problem",
    };

    private static string Colour(FindingState state) => state switch
    {
        FindingState.Ok => "\e[32m",
        FindingState.Warning => "\e[33m",
        _ => "\e[1;31m",
    };
}
