using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>The file of a profile, and what it held when it was read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">What it held.</param>
internal sealed record Profile(string Path, byte[] Content)
{
    /// <summary>Reads the profile that the command line or the environment names; null where none is named.</summary>
    /// <exception cref="SettingsException">It does not exist, cannot be read, or others can change it.</exception>
    public static Profile? Find(CommandLine commandLine, Func<string, string?> variable)
    {
        if (!commandLine.Given.TryGetValue(Setting.Profile, out (string Text, string Name) given))
        {
            if (variable(Setting.Profile.Variable!) is not { Length: > 0 } text)
            {
                return null;
            }

            given = (text, Setting.Profile.Variable!);
        }

        var folders = new ProfileFolders(variable);
        IReadOnlyList<string> places = folders.PlacesOf(given.Text, given.Name);
        foreach (string path in places)
        {
            switch (ProfileFile.Read(path, out byte[] content))
            {
                case Errno.None:
                    return new Profile(path, content);
                case Errno.ENOENT or Errno.ENOTDIR:
                    break;
                // The folder cannot be searched: it is somebody else's home. A file that cannot be read is an error.
                case Errno.EACCES when places.Count > 1 && !ProfileFile.Exists(path):
                    break;
                case var error:
                    throw ProfileFile.CannotRead(path, error);
            }
        }

        throw folders.NotFound(given.Text, given.Name, places);
    }

    /// <summary>Reads the file again.</summary>
    /// <exception cref="SettingsException">It cannot be read, or others can change it.</exception>
    public Profile ReadAgain() => ProfileFile.Read(Path, out byte[] content) is var error and not Errno.None
        ? throw ProfileFile.CannotRead(Path, error)
        : this with { Content = content };

    /// <summary>The settings in it.</summary>
    /// <exception cref="SettingsException">Something in the file is wrong.</exception>
    public IReadOnlyDictionary<Setting, (string Text, string Name)> Given() => ProfileText.Read(Path, Content);
}
