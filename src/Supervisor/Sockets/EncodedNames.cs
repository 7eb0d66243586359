using System.Text;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// The names of interfaces as the kernel takes them. Each stopped call needs one of a few, which are the very strings that the policy has. For
/// any thread.
/// </summary>
internal sealed class EncodedNames
{
    private const int Most = 8;

    // Replaced, never changed.
    private volatile (string Name, byte[] Bytes)[] known = [];

    /// <summary>A name in UTF-8.</summary>
    public ReadOnlySpan<byte> Of(string name)
    {
        (string Name, byte[] Bytes)[] current = known;
        foreach ((string each, byte[] bytes) in current)
        {
            if (ReferenceEquals(each, name))
            {
                return bytes;
            }
        }

        byte[] encoded = Encoding.UTF8.GetBytes(name);
        // With a new policy come new strings.
        known = [(name, encoded), .. current.AsSpan(0, Math.Min(current.Length, Most - 1))];
        return encoded;
    }
}
