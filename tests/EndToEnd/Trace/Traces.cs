using System.Text.Json;

namespace BindToInterface.EndToEnd;

/// <summary>Runs programs with --trace to a file, and reads that.</summary>
internal static class Traces
{
    /// <summary>The lines of a run's trace, as JSON objects, which keep to the schema.</summary>
    public static List<JsonElement> Json(Lab lab, Who who, string options, out Result result, params string[] command)
    {
        using var scratch = new Scratch();
        string file = scratch.File("trace");
        result = lab.Supervised(who, $"{options} --trace={file} --trace-format json", command);
        Assert.True(File.Exists(file), $"no trace of {result}");
        AssertSchema("docs/trace.schema.json", file);
        return [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The only connection to a destination, by whatever call.</summary>
    public static JsonElement To(this IEnumerable<JsonElement> lines, string address, int port)
    {
        var all = lines.ToList();
        var found = all.Where(line => line.Text("address") == address && line.GetProperty("port").GetInt32() == port).ToList();
        Assert.True(found.Count == 1, $"{found.Count} lines about {address}, port {port}, of these:\n{string.Join('\n', all)}");
        return found[0];
    }

    /// <summary>A property; null where it is not there.</summary>
    public static string? Text(this JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;

    /// <summary>Has Python's jsonschema compare each line of a file with a schema of the repository.</summary>
    public static void AssertSchema(string schema, string file)
    {
        const string Program = """
            import json, sys, jsonschema
            validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
            lines = open(sys.argv[2]).read().splitlines()
            wrong = [f"{line}: {error.message}" for line in lines for error in validator.iter_errors(json.loads(line))]
            print("\n".join(wrong))
            sys.exit(bool(wrong))
            """;
        using var check = new Running(["python3", "-c", Program, Repository.At(schema), file], null);
        check.Finish().Succeeds();
    }
}
