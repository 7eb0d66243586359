namespace BindToInterface.Supervisor.Logging;

/// <summary>Texts that somebody else chose.</summary>
internal static class TextExtensions
{
    /// <summary>Fit for a line: no line breaks in it, and nothing that a terminal would obey.</summary>
    public static string OneLine(this string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
