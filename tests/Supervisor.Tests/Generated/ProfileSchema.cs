using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>The JSON schema of profiles.</summary>
internal static class ProfileSchema
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text()
    {
        var properties = new JsonObject
        {
            [ProfileStructure.SchemaKey] = new JsonObject { ["type"] = "string", ["description"] = "This schema, for editors." },
        };
        foreach (Setting setting in Setting.All.Where(setting => setting.IsInProfile))
        {
            JsonObject value = Value(setting);
            value["description"] = $"{setting.Help}{(setting.Note is null ? "" : $". {setting.Note}")}".Replace("`", "", StringComparison.Ordinal).ReplaceLineEndings(" ").Trim();
            properties[setting.Key] = value;
        }

        // Editors that know them take the last two; a validator takes no notice.
        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "A profile of bti-supervise",
            ["description"] = "See bti-supervise.json(5).",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["allowComments"] = true,
            ["allowTrailingCommas"] = true,
        }.ToJsonString(Format) + "\n";
    }

    private static JsonObject Value(Setting setting) => setting.Kind switch
    {
        SettingKind.Flag => new() { ["type"] = "boolean" },
        SettingKind.Count => new() { ["type"] = new JsonArray("boolean", "integer"), ["minimum"] = 0 },
        SettingKind.Number when setting.ValueName == "PORT" => new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = ushort.MaxValue },
        SettingKind.Number => new() { ["type"] = "integer", ["minimum"] = 0 },
        SettingKind.Choice => new() { ["enum"] = new JsonArray([.. setting.Words.Select(word => (JsonNode)word)]) },
        SettingKind.List => new()
        {
            ["type"] = new JsonArray("string", "array"),
            ["items"] = new JsonObject { ["type"] = "string" },
        },
        _ when setting.ValueName == "NAME" => new() { ["type"] = "string", ["pattern"] = "^[^/:\\s]{1,15}$" },
        _ => new() { ["type"] = "string", ["minLength"] = 1 },
    };
}
