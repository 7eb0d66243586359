using BindToInterface.EndToEnd;
using System.Text.RegularExpressions;

namespace BindToInterface.Supervisor.Tests;

/// <summary>
/// Documents that make a promise name the test that keeps it, as `Class.Method` without the `Tests` at the end of the class. Each of
/// these tests exists.
/// </summary>
public sealed partial class NamedTestsTests
{
    [Theory]
    [InlineData("SECURITY.md")]
    [InlineData("docs/ways-out.md")]
    public void Each_test_that_a_document_names_exists(string document)
    {
        var tests = Tests();
        (string Class, string Method)[] named = [.. Names().Matches(File.ReadAllText(Repository.At(document))).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

        string[] missing = [.. named.Where(name => !tests.Contains(name)).Select(name => $"{name.Class}.{name.Method}").Distinct()];

        Assert.True(named.Length > 10, $"{document} names only {named.Length} tests");
        Assert.True(missing.Length == 0, $"{document} names tests that do not exist: {string.Join(", ", missing)}");
    }

    private static HashSet<(string Class, string Method)> Tests() =>
    [
        .. from file in Directory.EnumerateFiles(Repository.At("tests"), "*Tests.cs", SearchOption.AllDirectories)
           let name = Path.GetFileNameWithoutExtension(file)
           from Match method in Methods().Matches(File.ReadAllText(file))
           select (name[..^"Tests".Length], method.Groups[1].Value),
    ];

    /// <summary>In backquotes: a class, a point, and a method, which is a sentence of several words. File names have no such sentence.</summary>
    [GeneratedRegex("`([A-Z][A-Za-z0-9]+)\\.([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex Names();

    [GeneratedRegex(@"public (?:static )?(?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex Methods();
}
