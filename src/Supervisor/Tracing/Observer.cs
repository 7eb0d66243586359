using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>
/// What the handlers note down for trace and summary. There is none where neither was asked for, so that a call costs one look
/// at a null.
/// </summary>
internal sealed class Observer
{
    /// <summary>Whether what becomes of connections is found out: the calls that make them are then made by the supervisor.</summary>
    public required bool TellsResults { get; init; }

    /// <summary>Whether calls are only judged, and go on as the program made them.</summary>
    public required bool IsDry { get; init; }

    public NameTable Names { get; } = new();

    public NameSockets NameSockets { get; } = new();

    public PendingResults Pending { get; } = new();

    /// <summary>Which socket has sent datagrams where.</summary>
    public Flows Flows { get; } = new();

    /// <summary>Whether a destination, as the program named it, may be a nameserver.</summary>
    public static bool MayBeNameserver(in Verdict verdict) => (verdict.Original ?? verdict.Destination).Port == TrafficPolicy.DnsPort;

    /// <summary>A datagram is about to be received by a socket that has asked a nameserver.</summary>
    public void NoteReply(ReadOnlySpan<byte> reply)
    {
        if (DnsMessage.TryReadAnswer(reply, out string name, out IReadOnlyList<IpAddress> addresses) && name.Length > 0)
        {
            foreach (IpAddress address in addresses)
            {
                Names.Add(address, name);
            }
        }
    }
}
