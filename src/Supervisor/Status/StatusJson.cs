using System.Buffers;
using System.Text.Json;

namespace BindToInterface.Supervisor.Status;

/// <summary>The JSON of a <see cref="SupervisorStatus"/>. A serializer of its own would make the executable half a megabyte larger.</summary>
internal static class StatusJson
{
    /// <summary>One object, without a line end.</summary>
    public static byte[] Write(SupervisorStatus status) => Write(writer => Write(writer, status));

    /// <summary>An array.</summary>
    public static byte[] Write(IReadOnlyList<SupervisorStatus> all) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (SupervisorStatus status in all)
        {
            Write(writer, status);
        }

        writer.WriteEndArray();
    });

    /// <summary>Reads an answer. What it lacks is as in an empty one, and what it has in addition is left out.</summary>
    /// <returns>null where it is none.</returns>
    public static SupervisorStatus? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            JsonElement counts = Of(root, "counts");
            return new SupervisorStatus
            {
                Version = (int)Number(root, "version"),
                Pid = (int)Number(root, "pid"),
                Uid = (uint)Number(root, "uid"),
                Program = Text(root, "program") ?? "",
                ProgramPid = (int)Number(root, "programPid"),
                Interface = Text(root, "interface"),
                State = Text(root, "state"),
                Since = Of(root, "since") is { ValueKind: JsonValueKind.String } since ? since.GetDateTimeOffset() : default,
                Counts = new(
                    Number(counts, "bound"), Number(counts, "excluded"), Number(counts, "passed"), Number(counts, "refused"),
                    Number(counts, "failed"), Number(counts, "redirected")),
                Interfaces = Of(root, "interfaces") is { ValueKind: JsonValueKind.Array } shares
                    ? [.. shares.EnumerateArray().Select(share => new InterfaceShare(
                        Text(share, "name") ?? "", Text(share, "state") ?? "", Number(share, "bound"), Number(share, "refused")))]
                    : [],
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            write(writer);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, SupervisorStatus status)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", status.Version);
        writer.WriteNumber("pid", status.Pid);
        writer.WriteNumber("uid", status.Uid);
        writer.WriteString("program", status.Program);
        writer.WriteNumber("programPid", status.ProgramPid);
        writer.WriteString("interface", status.Interface);
        writer.WriteString("state", status.State);
        writer.WriteString("since", status.Since.UtcDateTime);
        writer.WriteStartObject("counts");
        writer.WriteNumber("bound", status.Counts.Bound);
        writer.WriteNumber("excluded", status.Counts.Excluded);
        writer.WriteNumber("passed", status.Counts.Passed);
        writer.WriteNumber("refused", status.Counts.Refused);
        writer.WriteNumber("failed", status.Counts.Failed);
        writer.WriteNumber("redirected", status.Counts.Redirected);
        writer.WriteEndObject();
        writer.WriteStartArray("interfaces");
        foreach (InterfaceShare share in status.Interfaces)
        {
            writer.WriteStartObject();
            writer.WriteString("name", share.Name);
            writer.WriteString("state", share.State);
            writer.WriteNumber("bound", share.Bound);
            writer.WriteNumber("refused", share.Refused);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static JsonElement Of(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? Text(JsonElement element, string name) => Of(element, name) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetString() : null;

    private static long Number(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Undefined && Of(element, name) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetInt64() : 0;
}
