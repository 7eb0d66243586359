using System.Text;

namespace BindToInterface.Policy.Addresses;

/// <summary>The rules for names of network interfaces (dev_valid_name in the kernel's net/core/dev.c).</summary>
public static class InterfaceName
{
    /// <summary>IFNAMSIZ less the terminating zero.</summary>
    public const int MaximumBytes = 15;

    /// <summary>Whether an interface can have this name; says why not.</summary>
    public static bool IsValid(string name, out string error)
    {
        if (Encoding.UTF8.GetByteCount(name) > MaximumBytes)
        {
            error = $"'{name}' is longer than {MaximumBytes} characters; accepted is the name of a network interface as in 'ip link'";
            return false;
        }

        if (name.Length == 0 || name is "." or ".." || name.Any(c => c is '/' or ':' or '\0' || char.IsWhiteSpace(c)))
        {
            error = $"'{name}' cannot be an interface: the name has a slash, a colon or a blank, or is empty; accepted is the name of a network interface as in 'ip link'";
            return false;
        }

        error = "";
        return true;
    }
}
