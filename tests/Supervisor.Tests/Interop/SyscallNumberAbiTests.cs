using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>The numbers of the filter's tables, against the kernel's headers and against libseccomp's tables.</summary>
public sealed partial class SyscallNumberAbiTests
{
    private const string Libseccomp = "libseccomp.so.2";

    [CompilerFact(architecture: "X64")]
    public void The_numbers_of_x86_64_are_those_of_its_header() => CCompiler.Accepts(Numbers("asm/unistd_64.h", SyscallTable.X86_64));

    [CompilerFact(architecture: "X64")]
    public void The_numbers_of_i386_are_those_of_its_header() => CCompiler.Accepts(Numbers("asm/unistd_32.h", SyscallTable.I386));

    [CompilerFact]
    public void The_numbers_of_arm64_are_those_of_the_generic_header() =>
        CCompiler.Accepts(Numbers("asm-generic/unistd.h", SyscallTable.Aarch64));

    [CompilerFact(library: Libseccomp)]
    public void The_numbers_of_arm_are_those_of_libseccomp()
    {
        foreach ((SystemCall call, int number) in SyscallTable.Arm.Numbers)
        {
            Assert.Equal((call, number), (call, seccomp_syscall_resolve_name_arch(SyscallTable.Arm.AuditArch, NameOf(call))));
        }
    }

    private static string Numbers(string header, SyscallTable table)
    {
        var source = new AbiSource(header);
        foreach ((SystemCall call, int number) in table.Numbers)
        {
            source.Equal($"__NR_{NameOf(call)}", number);
        }

        return source.ToString();
    }

    /// <summary>IoUringSetup is io_uring_setup.</summary>
    private static string NameOf(SystemCall call) =>
        string.Concat(call.ToString().Select((c, index) => char.IsUpper(c) && index > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    [LibraryImport(Libseccomp, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name_arch(uint arch, string name);
}
