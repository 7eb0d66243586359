using BindToInterface.Policy.Addresses;

namespace BindToInterface.Policy.Wire;

/// <summary>What a server answered to a question for the addresses of a name (RFC 1035).</summary>
/// <param name="Code">RCODE: 0, no error; 3, there is no such name (RFC 1035, 4.1.1).</param>
/// <param name="IsTruncated">Whether it did not fit (TC): it is to be asked for over TCP.</param>
public readonly record struct DnsMessageAnswer(int Code, bool IsTruncated)
{
    /// <summary>RCODE of a name that does not exist.</summary>
    public const int NoSuchName = 3;

    /// <summary>The addresses, in the order of the answer.</summary>
    public IReadOnlyList<IpAddress> Addresses { get; init; } = [];

    /// <summary>How long they may be used, in seconds: the least of all records that led to them.</summary>
    public uint TimeToLive { get; init; } = uint.MaxValue;

    /// <summary>The name to ask for instead, where the server told that it is another's alias (CNAME) and not its addresses.</summary>
    public string? Alias { get; init; }
}
