namespace BindToInterface.Supervisor.Tracing;

/// <summary>How many connections had which verdict.</summary>
internal sealed class SummaryCounts
{
    public long Refused { get; set; }

    public long Excluded { get; set; }

    public long Bound { get; set; }

    /// <summary>Left alone, since no interface is set.</summary>
    public long Passed { get; set; }

    /// <summary>To be bound, and found to be bound to something else.</summary>
    public long Elsewhere { get; set; }

    /// <summary>Made to the Unix socket of a program that is not supervised.</summary>
    public long Unsupervised { get; set; }

    /// <summary>The name that was told for the address last.</summary>
    public string? Name { get; set; }

    /// <summary>The process at the other end of a Unix socket.</summary>
    public UnixPeer? Peer { get; set; }

    public long All => Refused + Excluded + Bound + Passed + Elsewhere + Unsupervised;

    /// <summary>Those that left, or would leave, by another way than the interface, without an exclude for it.</summary>
    public long Left => Passed + Elsewhere;

    public void Add(SummaryCounts other)
    {
        Refused += other.Refused;
        Excluded += other.Excluded;
        Bound += other.Bound;
        Passed += other.Passed;
        Elsewhere += other.Elsewhere;
        Unsupervised += other.Unsupervised;
    }
}
