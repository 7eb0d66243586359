using System.Globalization;
using System.Text;

namespace BindToInterface.Supervisor;

/// <summary>Texts that somebody else chose: a program's name, a path, an argument.</summary>
internal static class TextExtensions
{
    /// <summary>
    /// Makes a text safe for a line. It replaces whatever breaks the line, whatever a terminal obeys, and whatever changes the
    /// order of reading (control and format characters, line and paragraph separators, halves of surrogate pairs).
    /// </summary>
    public static string OneLine(this string text) => Replace(text, static (_, result) => result.Append('?'));

    /// <summary>The same for finished JSON. Such characters can be in its strings only, and they are escaped.</summary>
    public static string EscapedInJson(this string json) => Replace(json, static (found, result) =>
    {
        foreach (char unit in found)
        {
            // Half of a pair is no character, and some readers refuse its escape.
            int code = found.Length == 1 && char.IsSurrogate(unit) ? 0xfffd : unit;
            result.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
        }
    });

    private static string Replace(string text, Action<ReadOnlySpan<char>, StringBuilder> write)
    {
        StringBuilder? result = null;
        for (int at = 0; at < text.Length;)
        {
            bool isWhole = Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (!isWhole || IsObeyed(Rune.GetUnicodeCategory(rune)))
            {
                result ??= new StringBuilder(text, 0, at, text.Length + 16);
                write(text.AsSpan(at, length), result);
            }
            else
            {
                result?.Append(text, at, length);
            }

            at += length;
        }

        return result?.ToString() ?? text;
    }

    private static bool IsObeyed(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
