using System.Buffers.Binary;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>
/// An interpreter of classic BPF as seccomp runs it (bpf_check_classic in net/core/filter.c,
/// seccomp_check_filter in kernel/seccomp.c): what the kernel would not take is refused here too. It knows
/// the accumulator and constants only; a filter that uses the index register or the scratch memory is
/// refused for lack of support, not wrongly run.
/// </summary>
internal sealed class ClassicBpf
{
    /// <summary>BPF_MAXINSNS.</summary>
    public const int MaximumLength = 4096;

    private const ushort LoadImmediate = 0x00, LoadWordAbsolute = 0x20, LoadLength = 0x80;
    private const ushort Add = 0x04, Sub = 0x14, Or = 0x44, And = 0x54, LeftShift = 0x64, RightShift = 0x74, Negate = 0x84, Xor = 0xa4;
    private const ushort JumpAlways = 0x05, JumpIfEqual = 0x15, JumpIfGreater = 0x25, JumpIfGreaterOrEqual = 0x35, JumpIfSet = 0x45;
    private const ushort ReturnImmediate = 0x06, ReturnAccumulator = 0x16;

    private readonly SockFilter[] program;

    /// <exception cref="InvalidProgramException">The kernel's checker would answer EINVAL.</exception>
    public ClassicBpf(SockFilter[] program)
    {
        this.program = program;
        Require(program.Length is > 0 and <= MaximumLength, 0, "a program has 1 to 4096 instructions");
        for (int pc = 0; pc < program.Length; pc++)
        {
            Check(pc);
        }

        Require(program[^1].Code is ReturnImmediate or ReturnAccumulator, program.Length - 1, "the last instruction must return");
    }

    /// <summary>Runs the program; collects the offsets that it looked at.</summary>
    public uint Run(in Call call, ISet<int>? looked = null) => Run(call, looked, out _);

    /// <summary>Runs the program; counts the instructions that it took, the return among them.</summary>
    public uint Run(in Call call, ISet<int>? looked, out int steps)
    {
        steps = 0;
        byte[] data = call.ToBytes();
        uint accumulator = 0;
        for (int pc = 0; ; pc++)
        {
            SockFilter instruction = program[pc];
            uint k = instruction.K;
            steps++;
            switch (instruction.Code)
            {
                case LoadWordAbsolute:
                    looked?.Add((int)k);
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)k));
                    break;
                case LoadImmediate:
                    accumulator = k;
                    break;
                case LoadLength:
                    accumulator = Call.Length;
                    break;
                case Add or Sub or Or or And or LeftShift or RightShift or Negate or Xor:
                    accumulator = Compute(instruction.Code, accumulator, k);
                    break;
                case JumpAlways:
                    pc += (int)k;
                    break;
                case JumpIfEqual or JumpIfGreater or JumpIfGreaterOrEqual or JumpIfSet:
                    pc += Holds(instruction.Code, accumulator, k) ? instruction.Jt : instruction.Jf;
                    break;
                case ReturnImmediate:
                    return k;
                default:
                    return accumulator;
            }
        }
    }

    private void Check(int pc)
    {
        SockFilter instruction = program[pc];
        switch (instruction.Code)
        {
            case LoadWordAbsolute:
                Require(instruction.K % 4 == 0 && instruction.K < Call.Length, pc, "a load must be aligned and within struct seccomp_data");
                break;
            case LeftShift or RightShift:
                Require(instruction.K < 32, pc, "a shift must be below 32");
                break;
            case JumpAlways:
                // Unsigned: a jump backwards is a jump far forwards.
                Require(instruction.K < (uint)(program.Length - pc - 1), pc, "a jump must end within the program");
                break;
            case JumpIfEqual or JumpIfGreater or JumpIfGreaterOrEqual or JumpIfSet:
                Require(pc + 1 + Math.Max(instruction.Jt, instruction.Jf) < program.Length, pc, "a jump must end within the program");
                break;
            case LoadImmediate or LoadLength or Add or Sub or Or or And or Negate or Xor or ReturnImmediate or ReturnAccumulator:
                break;
            default:
                Require(false, pc, $"unknown code 0x{instruction.Code:x}");
                break;
        }
    }

    private static uint Compute(ushort code, uint accumulator, uint k) => code switch
    {
        Add => accumulator + k,
        Sub => accumulator - k,
        Or => accumulator | k,
        And => accumulator & k,
        LeftShift => accumulator << (int)k,
        RightShift => accumulator >> (int)k,
        Xor => accumulator ^ k,
        _ => 0 - accumulator,
    };

    private static bool Holds(ushort code, uint accumulator, uint k) => code switch
    {
        JumpIfEqual => accumulator == k,
        JumpIfGreater => accumulator > k,
        JumpIfGreaterOrEqual => accumulator >= k,
        _ => (accumulator & k) != 0,
    };

    private static void Require(bool condition, int pc, string rule)
    {
        if (!condition)
        {
            throw new InvalidProgramException($"instruction {pc}: {rule}");
        }
    }
}
