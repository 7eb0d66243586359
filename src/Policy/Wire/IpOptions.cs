namespace BindToInterface.Policy.Wire;

/// <summary>The options of an IPv4 header (RFC 791, 3.1), as setsockopt and control messages carry them.</summary>
public static class IpOptions
{
    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    /// <summary>
    /// Whether the packet would first go to another address than its destination. Options that cannot be
    /// read to their end are the kernel's to refuse (EINVAL).
    /// </summary>
    public static bool HaveSourceRoute(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfList)
        {
            if (options[0] is LooseSourceRoute or StrictSourceRoute)
            {
                return true;
            }

            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length == 0 || length > options.Length)
            {
                return false;
            }

            options = options[length..];
        }

        return false;
    }
}
