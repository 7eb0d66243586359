namespace BindToInterface.EndToEnd;

/// <summary>Addresses of ovpn's network that nobody has.</summary>
internal static class Neighbours
{
    private static int last = 100;

    /// <summary>
    /// One that nobody has asked for yet: what is sent there waits for an answer to ARP. To one that was asked for in vain
    /// before, it is dropped at once.
    /// </summary>
    public static string Nobody() => $"10.8.0.{Interlocked.Increment(ref last)}";
}
