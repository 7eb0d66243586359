using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// The structure of a profile's text: one object whose keys are settings, each once, with values of the type that the setting
/// has. Comments, and a comma after the last value, are accepted.
/// </summary>
internal ref struct ProfileStructure
{
    /// <summary>The key that tells an editor which schema the file follows.</summary>
    public const string SchemaKey = "$schema";

    private const string Example = """{ "interface": "ovpn", "exclude": ["loopback"] }""";

    private readonly string path;
    private readonly ReadOnlySpan<byte> text;
    private readonly Dictionary<string, int> lines = [];
    private Utf8JsonReader reader;

    private ProfileStructure(string path, ReadOnlySpan<byte> text)
    {
        this.path = path;
        this.text = text;
        reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <summary>Checks a text.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">The text, UTF-8.</param>
    /// <returns>The lines of the values, from 1, by their path in the configuration: <c>dns</c>, <c>exclude:0</c>.</returns>
    /// <exception cref="SettingsException">Something is wrong.</exception>
    public static IReadOnlyDictionary<string, int> Check(string path, ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> text = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        if (!Utf8.IsValid(text))
        {
            throw new SettingsException($"{path}: this is not UTF-8 text; accepted is JSON: {Example}");
        }

        var structure = new ProfileStructure(path, text);
        try
        {
            structure.ReadObject();
        }
        catch (JsonException exception)
        {
            throw structure.NoJson((int)(exception.LineNumber ?? 0) + 1);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped, which is no text.
            throw structure.NoJson(structure.Line);
        }

        return structure.lines;
    }

    /// <summary>Where something is, for messages.</summary>
    public static string At(string path, int line, string key) => string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {key}");

    private void ReadObject()
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw new SettingsException($"{path}, line 1: the file is empty; accepted is {Example}");
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SettingsException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {Line}: the file is no object; accepted is {Example}"));
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty();
        }

        // What follows the object is no JSON.
        reader.Read();
    }

    private void ReadProperty()
    {
        string key = reader.GetString()!;
        int line = Line;
        if (!lines.TryAdd(key, line))
        {
            throw Wrong(line, key, string.Create(CultureInfo.InvariantCulture, $"it was set in line {lines[key]} already; accepted is one value"));
        }

        if (key == SchemaKey)
        {
            lines.Remove(key);
            reader.Read();
            reader.Skip();
            return;
        }

        if (Setting.All.FirstOrDefault(each => each.IsInProfile && each.Key == key) is not Setting setting)
        {
            throw Wrong(line, key, Unknown(key));
        }

        reader.Read();
        if (setting.Kind == SettingKind.List && reader.TokenType == JsonTokenType.StartArray)
        {
            for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{key}:{index}"), Line);
                CheckValue(setting, JsonTokenType.String);
            }
        }
        else if (setting.Kind is SettingKind.Flag or SettingKind.Count)
        {
            CheckValue(setting, JsonTokenType.True, JsonTokenType.False, setting.Kind == SettingKind.Count ? JsonTokenType.Number : JsonTokenType.True);
        }
        else
        {
            CheckValue(setting, setting.Kind == SettingKind.Number ? JsonTokenType.Number : JsonTokenType.String);
        }
    }

    /// <summary>Checks the type of a value, and that its text is one that the setting accepts.</summary>
    private void CheckValue(Setting setting, params JsonTokenType[] accepted)
    {
        if (Array.IndexOf(accepted, reader.TokenType) < 0)
        {
            string found = reader.TokenType switch
            {
                JsonTokenType.StartObject => "an object",
                JsonTokenType.StartArray => "a list",
                JsonTokenType.String => $"\"{reader.GetString()}\"",
                _ => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            };
            throw Wrong(Line, setting.Key, $"{found} is not of the right type; accepted is {Accepted(setting)}");
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            _ = reader.GetString();
        }
    }

    private static string Accepted(Setting setting) => setting.Kind switch
    {
        SettingKind.Flag => "true or false",
        SettingKind.Count => "true, false or a number",
        SettingKind.Number => "a number",
        SettingKind.Choice => string.Join(" or ", setting.Words.Select(word => $"\"{word}\"")),
        SettingKind.List => $"\"{setting.ValueName}\" or a list of texts, [\"…\", \"…\"]",
        _ => $"a text, \"{setting.ValueName}\"",
    };

    private static string Unknown(string key)
    {
        string plain = key.TrimStart('-').Replace('_', '-').ToLowerInvariant();
        string[] known = [.. Setting.All.Where(setting => setting.IsInProfile).Select(setting => setting.Key)];
        string? meant = Setting.All.FirstOrDefault(setting => setting.IsInProfile && string.Equals(setting.Variable, key, StringComparison.OrdinalIgnoreCase))?.Key
            ?? Spelling.Closest(plain, known);
        return $"there is no such key{(meant is null ? "" : $"; did you mean {meant}?")}; accepted are {string.Join(", ", known)}";
    }

    private readonly int Line => text[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;

    private readonly SettingsException Wrong(int line, string key, string what) => new($"{At(path, line, key)}: {what}");

    private readonly SettingsException NoJson(int line)
    {
        const int Longest = 60;
        string[] all = System.Text.Encoding.UTF8.GetString(text).Split('\n');
        string found = line <= all.Length ? all[line - 1].Trim() : "";
        string shown = found.Length == 0 ? "the file ends too early" : $"'{(found.Length > Longest ? $"{found[..Longest]}…" : found)}' is not JSON here";
        return new(string.Create(
            CultureInfo.InvariantCulture, $"{path}, line {line}: {shown}: look for a comma, quotation mark or bracket that is missing, here or in the line before; accepted is {Example}"));
    }
}
