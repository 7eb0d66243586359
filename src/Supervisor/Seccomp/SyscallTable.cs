using System.Runtime.InteropServices;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>
/// The numbers of one architecture's entry into the kernel (arch/…/syscall.tbl; include/uapi/asm-generic/unistd.h
/// for arm64).
/// </summary>
internal sealed class SyscallTable
{
    public static readonly SyscallTable X86_64 = new("x86_64", Native.AUDIT_ARCH_X86_64, AbiLayout.Bits64, new()
    {
        [SystemCall.Socket] = 41,
        [SystemCall.Connect] = 42,
        [SystemCall.Bind] = 49,
        [SystemCall.Listen] = 50,
        [SystemCall.Sendto] = 44,
        [SystemCall.Recvfrom] = 45,
        [SystemCall.Sendmsg] = 46,
        [SystemCall.Socketpair] = 53,
        [SystemCall.Setsockopt] = 54,
        [SystemCall.Getsockopt] = 55,
        [SystemCall.Sendmmsg] = 307,
        [SystemCall.IoUringSetup] = 425,
        [SystemCall.IoUringEnter] = 426,
        [SystemCall.IoUringRegister] = 427,
        [SystemCall.Clone] = 56,
        [SystemCall.Clone3] = 435,
        [SystemCall.RequestKey] = 249,
        [SystemCall.Read] = 0,
        [SystemCall.Recvmsg] = 47,
        [SystemCall.Recvmmsg] = 299,
    })
    {
        // x32 calls come with the same architecture and this bit in their number.
        RefusedNumberBit = 0x4000_0000,
    };

    public static readonly SyscallTable I386 = new("i386", Native.AUDIT_ARCH_I386, AbiLayout.Bits32, new()
    {
        [SystemCall.Socketcall] = 102,
        [SystemCall.Sendmmsg] = 345,
        [SystemCall.Socket] = 359,
        [SystemCall.Socketpair] = 360,
        [SystemCall.Connect] = 362,
        [SystemCall.Bind] = 361,
        [SystemCall.Listen] = 363,
        [SystemCall.Getsockopt] = 365,
        [SystemCall.Setsockopt] = 366,
        [SystemCall.Sendto] = 369,
        [SystemCall.Sendmsg] = 370,
        [SystemCall.Recvfrom] = 371,
        [SystemCall.IoUringSetup] = 425,
        [SystemCall.IoUringEnter] = 426,
        [SystemCall.IoUringRegister] = 427,
        [SystemCall.Clone] = 120,
        [SystemCall.Clone3] = 435,
        [SystemCall.RequestKey] = 287,
        [SystemCall.Read] = 3,
        [SystemCall.Recvmmsg] = 337,
        [SystemCall.Recvmsg] = 372,
    });

    public static readonly SyscallTable Aarch64 = new("aarch64", Native.AUDIT_ARCH_AARCH64, AbiLayout.Bits64, new()
    {
        [SystemCall.Socket] = 198,
        [SystemCall.Socketpair] = 199,
        [SystemCall.Connect] = 203,
        [SystemCall.Bind] = 200,
        [SystemCall.Listen] = 201,
        [SystemCall.Sendto] = 206,
        [SystemCall.Recvfrom] = 207,
        [SystemCall.Setsockopt] = 208,
        [SystemCall.Getsockopt] = 209,
        [SystemCall.Sendmsg] = 211,
        [SystemCall.Sendmmsg] = 269,
        [SystemCall.IoUringSetup] = 425,
        [SystemCall.IoUringEnter] = 426,
        [SystemCall.IoUringRegister] = 427,
        [SystemCall.Clone] = 220,
        [SystemCall.Clone3] = 435,
        [SystemCall.RequestKey] = 218,
        [SystemCall.Read] = 63,
        [SystemCall.Recvmsg] = 212,
        [SystemCall.Recvmmsg] = 243,
    });

    /// <summary>32-bit arm (EABI; the old ABI's socketcall does not exist for compatible processes on arm64).</summary>
    public static readonly SyscallTable Arm = new("arm", Native.AUDIT_ARCH_ARM, AbiLayout.Bits32, new()
    {
        [SystemCall.Socket] = 281,
        [SystemCall.Connect] = 283,
        [SystemCall.Bind] = 282,
        [SystemCall.Listen] = 284,
        [SystemCall.Socketpair] = 288,
        [SystemCall.Sendto] = 290,
        [SystemCall.Recvfrom] = 292,
        [SystemCall.Setsockopt] = 294,
        [SystemCall.Getsockopt] = 295,
        [SystemCall.Sendmsg] = 296,
        [SystemCall.Sendmmsg] = 374,
        [SystemCall.IoUringSetup] = 425,
        [SystemCall.IoUringEnter] = 426,
        [SystemCall.IoUringRegister] = 427,
        [SystemCall.Clone] = 120,
        [SystemCall.Clone3] = 435,
        [SystemCall.RequestKey] = 310,
        [SystemCall.Read] = 3,
        [SystemCall.Recvmsg] = 297,
        [SystemCall.Recvmmsg] = 365,
    });

    private readonly SystemCall[] byNumber;

    private SyscallTable(string name, uint auditArch, AbiLayout layout, Dictionary<SystemCall, int> numbers)
    {
        Name = name;
        AuditArch = auditArch;
        Layout = layout;
        Numbers = numbers;
        byNumber = new SystemCall[numbers.Values.Max() + 1];
        foreach ((SystemCall call, int number) in numbers)
        {
            byNumber[number] = call;
        }
    }

    /// <summary>The tables of this machine: its own entry first, then that of its 32-bit programs.</summary>
    public static IReadOnlyList<SyscallTable> OfThisMachine { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => [X86_64, I386],
        Architecture.Arm64 => [Aarch64, Arm],
        Architecture other => throw new PlatformNotSupportedException($"no system call table for {other}"),
    };

    /// <summary>The architecture's name, as uname(1) spells it.</summary>
    public string Name { get; }

    /// <summary>AUDIT_ARCH_… (linux/audit.h).</summary>
    public uint AuditArch { get; }

    /// <summary>The layout of the structures that come by this entry.</summary>
    public AbiLayout Layout { get; }

    public IReadOnlyDictionary<SystemCall, int> Numbers { get; }

    /// <summary>A bit that marks another entry's numbers, all of which are refused; 0 for none.</summary>
    public uint RefusedNumberBit { get; private init; }

    /// <summary>The call of a number.</summary>
    public SystemCall this[int number] => (uint)number < (uint)byNumber.Length ? byNumber[number] : SystemCall.None;
}
