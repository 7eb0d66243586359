using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// Lists a filter's instructions. What a constant means is found from the instructions alone: from what is loaded there, and from
/// the architecture that was compared before.
/// </summary>
internal static class BpfListing
{
    /// <summary>Appends a line for each instruction. "then" and "else" name the instruction that follows where it is not the next one.</summary>
    public static void Append(StringBuilder text, SockFilter[] program, IReadOnlyList<SyscallTable> tables)
    {
        // There is no jump backwards: what holds at an instruction is known when its line is written.
        var states = new State?[program.Length + 1];
        states[0] = new State(null, null);
        for (int pc = 0; pc < program.Length; pc++)
        {
            SockFilter instruction = program[pc];
            State state = states[pc] ?? new State(null, null);
            string operation = instruction.Code switch
            {
                BpfAssembler.LoadWordAbsolute => $"ld   [{instruction.K}]",
                BpfAssembler.AndImmediate => $"and  0x{instruction.K:x}",
                BpfAssembler.JumpAlways => $"ja   {pc + 1 + instruction.K}",
                BpfAssembler.JumpIfEqual => $"jeq  {Constant(instruction.K, state)}{Targets(pc, instruction)}",
                BpfAssembler.JumpIfGreaterOrEqual => $"jge  {Constant(instruction.K, state)}{Targets(pc, instruction)}",
                BpfAssembler.JumpIfSet => $"jset 0x{instruction.K:x}{Targets(pc, instruction)}",
                BpfAssembler.ReturnImmediate => $"ret  0x{instruction.K:x}",
                _ => $"0x{instruction.Code:x} 0x{instruction.K:x}",
            };
            string line = $"{pc,5}  {operation,-40}{Meaning(instruction, state, tables)}";
            text.Append(line.TrimEnd()).Append('\n');
            Follow(states, pc, instruction, state, tables);
        }
    }

    private static void Follow(State?[] states, int pc, SockFilter instruction, State state, IReadOnlyList<SyscallTable> tables)
    {
        switch (instruction.Code)
        {
            case BpfAssembler.ReturnImmediate:
                break;
            case BpfAssembler.LoadWordAbsolute:
                Reach(pc + 1, state with { Loaded = (int)instruction.K });
                break;
            case BpfAssembler.JumpAlways:
                Reach(pc + 1 + (int)instruction.K, state);
                break;
            case BpfAssembler.JumpIfEqual or BpfAssembler.JumpIfGreaterOrEqual or BpfAssembler.JumpIfSet:
                bool isArch = state.Loaded == FilterProgram.ArchOffset;
                Reach(pc + 1 + instruction.Jt, isArch ? state with { Table = TableOf(instruction.K, tables) } : state);
                Reach(pc + 1 + instruction.Jf, state);
                break;
            default:
                Reach(pc + 1, state);
                break;
        }

        void Reach(int target, State reached) => states[target] = states[target] is not State other || other == reached
            ? reached
            : new State(other.Loaded == reached.Loaded ? reached.Loaded : null, other.Table == reached.Table ? reached.Table : null);
    }

    private static string Targets(int pc, SockFilter instruction) =>
        (instruction.Jt == 0 ? "" : $" then {pc + 1 + instruction.Jt}") + (instruction.Jf == 0 ? "" : $" else {pc + 1 + instruction.Jf}");

    private static string Constant(uint k, State state) => state.Loaded == FilterProgram.ArchOffset ? $"0x{k:x}" : $"{k}";

    private static string Meaning(SockFilter instruction, State state, IReadOnlyList<SyscallTable> tables) => instruction.Code switch
    {
        BpfAssembler.LoadWordAbsolute => NameOf((int)instruction.K),
        BpfAssembler.JumpIfEqual when state.Loaded == FilterProgram.ArchOffset => TableOf(instruction.K, tables)?.Name ?? "",
        BpfAssembler.JumpIfEqual when state is { Loaded: FilterProgram.NrOffset, Table: SyscallTable table } =>
            FilterDump.NameOf(table[(int)instruction.K]),
        BpfAssembler.ReturnImmediate => instruction.K switch
        {
            Native.SECCOMP_RET_ALLOW => "allow",
            Native.SECCOMP_RET_USER_NOTIF => "notify",
            _ => ((Errno)(instruction.K & ~Native.SECCOMP_RET_ERRNO)).ToString(),
        },
        _ => "",
    };

    private static string NameOf(int offset)
    {
        int argument = (offset - FilterProgram.ArgumentOffset(0)) / sizeof(ulong);
        return offset switch
        {
            FilterProgram.NrOffset => "nr",
            FilterProgram.ArchOffset => "arch",
            _ => offset == FilterProgram.ArgumentOffset(argument) ? $"args[{argument}]" : $"args[{argument}], upper half",
        };
    }

    private static SyscallTable? TableOf(uint arch, IReadOnlyList<SyscallTable> tables) => tables.FirstOrDefault(table => table.AuditArch == arch);

    /// <summary>What is known at an instruction; null where ways meet that differ in it.</summary>
    /// <param name="Loaded">The offset in struct seccomp_data of what is loaded.</param>
    /// <param name="Table">The architecture.</param>
    private sealed record State(int? Loaded, SyscallTable? Table);
}
