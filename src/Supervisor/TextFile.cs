namespace BindToInterface.Supervisor;

/// <summary>Reads text files of /etc, which may not be there.</summary>
internal static class TextFile
{
    /// <summary>The lines; none where the file cannot be read.</summary>
    public static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
