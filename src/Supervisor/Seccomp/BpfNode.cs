namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// An instruction of classic BPF as a node of a graph. Where it leads is said by the nodes that follow, not by a distance.
/// </summary>
/// <param name="Code">The instruction (linux/bpf_common.h).</param>
/// <param name="K">Its constant.</param>
/// <param name="Then">What follows; of a conditional jump, what follows where its condition holds; null for a return.</param>
/// <param name="Otherwise">Of a conditional jump, what follows where its condition does not hold; else null.</param>
internal sealed class BpfNode(ushort code, uint k, BpfNode? then, BpfNode? otherwise)
{
    /// <summary>Where it stands in the program; -1 until it is put there.</summary>
    public int Position { get; set; } = -1;

    /// <summary>Its number among those of its assembler.</summary>
    public int Number { get; init; }

    public ushort Code => code;

    public uint K => k;

    public BpfNode? Then => then;

    public BpfNode? Otherwise => otherwise;
}
