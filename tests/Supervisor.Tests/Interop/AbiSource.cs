using System.Globalization;
using System.Text;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>C source of headers and static assertions, one line each, so that the compiler's message names it.</summary>
internal sealed class AbiSource
{
    private readonly StringBuilder text = new();

    public AbiSource(params ReadOnlySpan<string> headers)
    {
        // The generic header of the numbers leaves clone3 out, unless an architecture says that it has it. Those of interest have.
        text.AppendLine("#define _GNU_SOURCE").AppendLine("#define __ARCH_WANT_SYS_CLONE3").AppendLine("#include <stddef.h>");
        foreach (string header in headers)
        {
            // Before glibc 2.41 the kernel's header defines this struct a second time.
            string around = header == "linux/sched/types.h" ? "#define sched_param sched_param_of_kernel" : "#undef sched_param";
            text.AppendLine(CultureInfo.InvariantCulture, $"{around}\n#include <{header}>");
        }

        text.AppendLine("#undef sched_param");
    }

    /// <summary>Defines what older headers lack.</summary>
    public AbiSource DefineIfMissing(string name, string value)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"#ifndef {name}\n#define {name} {value}\n#endif");
        return this;
    }

    /// <summary>Asserts that a C expression has our value.</summary>
    public AbiSource Equal(string expression, object ours)
    {
        string value = ours switch
        {
            uint number => $"{number}U",
            ulong number => $"{number}UL",
            Enum number => $"{Convert.ToInt64(number, CultureInfo.InvariantCulture)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{ours}"),
        };
        // A request of ioctl is an unsigned number in C, whatever its function takes.
        string converted = ours is int and < 0 ? $"(int)({expression})" : $"({expression})";
        text.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert({converted} == ({value}), \"{expression} is not {value}\");");
        return this;
    }

    public override string ToString() => text.ToString();
}
