using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// Makes nodes of classic BPF and puts them in an order (linux/filter.h, Documentation/networking/filter.rst). Equal nodes are
/// the same node, so that ways that end alike share their end. A conditional jump reaches 255 instructions: a node that is
/// further off is an error when the program is built, not a wrong jump.
/// </summary>
internal sealed class BpfAssembler
{
    public const ushort LoadWordAbsolute = 0x20;
    public const ushort JumpAlways = 0x05;
    public const ushort JumpIfEqual = 0x15;
    public const ushort JumpIfGreaterOrEqual = 0x35;
    public const ushort JumpIfSet = 0x45;
    public const ushort AndImmediate = 0x54;
    public const ushort ReturnImmediate = 0x06;

    // By numbers, which are compared faster than references are: the start of each program waits for this.
    private readonly Dictionary<(ushort Code, uint K, int Then, int Otherwise), BpfNode> nodes = [];

    /// <summary>Loads 32 bits of struct seccomp_data.</summary>
    public BpfNode Load(int offset, BpfNode then) => Node(LoadWordAbsolute, (uint)offset, then, null);

    /// <summary>Keeps the bits of a mask.</summary>
    public BpfNode And(uint mask, BpfNode then) => Node(AndImmediate, mask, then, null);

    /// <summary>Compares what is loaded with a constant.</summary>
    public BpfNode Jump(ushort code, uint k, BpfNode then, BpfNode otherwise) =>
        then == otherwise ? then : Node(code, k, then, otherwise);

    public BpfNode Return(uint value) => Node(ReturnImmediate, value, null, null);

    /// <summary>The program that begins with a node. Its nodes can be of one program only.</summary>
    public static SockFilter[] Assemble(BpfNode first)
    {
        // Each node stands before those that follow it: BPF has no jump backwards.
        List<BpfNode> order = [];
        AddWithFollowing(first, order);
        order.Reverse();

        int length = 0;
        for (int i = 0; i < order.Count; i++)
        {
            order[i].Position = length;
            length += NeedsJump(order, i) ? 2 : 1;
        }

        List<SockFilter> program = new(length);
        for (int i = 0; i < order.Count; i++)
        {
            BpfNode node = order[i];
            program.Add(node.Otherwise is null
                ? new(node.Code, 0, 0, node.K)
                : new(node.Code, checked((byte)Distance(node.Then!)), checked((byte)Distance(node.Otherwise)), node.K));
            if (NeedsJump(order, i))
            {
                program.Add(new(JumpAlways, 0, 0, (uint)Distance(node.Then!)));
            }

            int Distance(BpfNode to) => to.Position - program.Count - 1;
        }

        return [.. program];
    }

    /// <summary>Whether a node that is no conditional jump is followed by one that does not stand behind it.</summary>
    private static bool NeedsJump(List<BpfNode> order, int index) =>
        order[index] is { Then: BpfNode then, Otherwise: null } && order[index + 1] != then;

    private static void AddWithFollowing(BpfNode node, List<BpfNode> order)
    {
        if (node.Position >= 0)
        {
            return;
        }

        node.Position = 0;
        if (node.Then is not null)
        {
            AddWithFollowing(node.Then, order);
        }

        if (node.Otherwise is not null)
        {
            AddWithFollowing(node.Otherwise, order);
        }

        order.Add(node);
    }

    private BpfNode Node(ushort code, uint k, BpfNode? then, BpfNode? otherwise)
    {
        (ushort, uint, int, int) key = (code, k, NumberOf(then), NumberOf(otherwise));
        if (!nodes.TryGetValue(key, out BpfNode? node))
        {
            node = new BpfNode(code, k, then, otherwise) { Number = nodes.Count };
            nodes.Add(key, node);
        }

        return node;

        static int NumberOf(BpfNode? node) => node is null ? -1 : node.Number;
    }
}
