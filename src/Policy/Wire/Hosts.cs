using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>The lines of a hosts(5) file: an address, then its names.</summary>
public static class Hosts
{
    /// <summary>Where the C library reads it.</summary>
    public const string Path = "/etc/hosts";

    /// <summary>The addresses that a name has there, in order, each once. Link-local ones, which need a scope, are left out.</summary>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="name">The name, in any letters.</param>
    public static IReadOnlyList<IpAddress> AddressesOf(IEnumerable<string> lines, string name)
    {
        var found = new List<IpAddress>();
        foreach (string line in lines)
        {
            string[] words = line.Split('#', 2)[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Any(word => word.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase))
                && IpAddress.TryParse(words[0], out IpAddress address) && !address.NeedsScopeId && !found.Contains(address))
            {
                found.Add(address);
            }
        }

        return found;
    }
}
