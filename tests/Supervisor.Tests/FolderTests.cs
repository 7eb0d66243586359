using BindToInterface.EndToEnd;

namespace BindToInterface.Supervisor.Tests;

/// <summary>These tests lie as what they try lies.</summary>
public sealed class FolderTests
{
    [Fact]
    public void Each_folder_of_the_supervisor_has_unit_tests_in_a_folder_of_the_same_name()
    {
        string[] folders = [.. Directory.EnumerateDirectories(Repository.At("src/Supervisor")).Select(path => Path.GetFileName(path)).Except(["bin", "obj"])];
        Assert.NotEmpty(folders);

        string[] without = [.. folders.Where(folder =>
            Directory.EnumerateFiles(Repository.At("src/Supervisor/" + folder), "*.cs").Any()
            && !(Directory.Exists(Repository.At("tests/Supervisor.Tests/" + folder)) && Directory.EnumerateFiles(Repository.At("tests/Supervisor.Tests/" + folder), "*Tests.cs").Any()))];

        Assert.Empty(without);
    }
}
