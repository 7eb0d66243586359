using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Filter;

/// <summary>
/// Writes classic BPF with labels (linux/filter.h, Documentation/networking/filter.rst). Conditional jumps
/// reach 255 instructions; a label further off is an error at build time, not a wrong jump.
/// </summary>
internal sealed class BpfAssembler
{
    public const ushort LoadWordAbsolute = 0x20;
    public const ushort JumpAlways = 0x05;
    public const ushort JumpIfEqual = 0x15;
    public const ushort JumpIfGreaterOrEqual = 0x35;
    public const ushort JumpIfSet = 0x45;
    public const ushort AndImmediate = 0x54;
    public const ushort Return = 0x06;

    private readonly List<SockFilter> instructions = [];
    private readonly List<(int Index, string? IfTrue, string? IfFalse)> jumps = [];
    private readonly Dictionary<string, int> labels = [];

    /// <summary>Loads 32 bits of struct seccomp_data.</summary>
    public void Load(int offset) => Emit(LoadWordAbsolute, (uint)offset);

    public void And(uint mask) => Emit(AndImmediate, mask);

    public void Ret(uint action) => Emit(Return, action);

    public void Jump(string label) => EmitJump(JumpAlways, 0, label, null);

    /// <summary>Jumps where the loaded value equals; a null label means the next instruction.</summary>
    public void IfEqual(uint value, string? then, string? otherwise = null) => EmitJump(JumpIfEqual, value, then, otherwise);

    /// <summary>Jumps where the loaded value, without a sign, is this or more.</summary>
    public void IfAtLeast(uint value, string? then, string? otherwise = null) => EmitJump(JumpIfGreaterOrEqual, value, then, otherwise);

    /// <summary>Jumps where the loaded value has any of the bits.</summary>
    public void IfAnyBit(uint bits, string? then, string? otherwise = null) => EmitJump(JumpIfSet, bits, then, otherwise);

    public void Label(string name) => labels.Add(name, instructions.Count);

    public SockFilter[] Assemble()
    {
        SockFilter[] program = [.. instructions];
        foreach ((int index, string? ifTrue, string? ifFalse) in jumps)
        {
            program[index] = program[index].Code == JumpAlways
                ? program[index] with { K = (uint)Distance(index, ifTrue) }
                : program[index] with { Jt = checked((byte)Distance(index, ifTrue)), Jf = checked((byte)Distance(index, ifFalse)) };
        }

        return program;
    }

    private int Distance(int from, string? label) => label is null ? 0 : labels[label] - from - 1;

    private void Emit(ushort code, uint k) => instructions.Add(new(code, 0, 0, k));

    private void EmitJump(ushort code, uint k, string? ifTrue, string? ifFalse)
    {
        jumps.Add((instructions.Count, ifTrue, ifFalse));
        Emit(code, k);
    }
}
