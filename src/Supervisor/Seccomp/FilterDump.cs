using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>The filter for a reader: the rules of each architecture, then the instructions as they are installed.</summary>
internal static class FilterDump
{
    public static string Text(FilterRules rules, IReadOnlyList<SyscallTable> tables)
    {
        var text = new StringBuilder();
        foreach (SyscallTable table in tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"Rules of {table.Name} (architecture 0x{table.AuditArch:x})\n");
            foreach ((SystemCall call, int number) in table.Numbers.OrderBy(pair => pair.Value))
            {
                AddRules(text, $"{number,5} {NameOf(call)}", rules.Of(call));
            }

            if (table.RefusedNumberBit != 0)
            {
                AddRow(text, $"      any number with bit 0x{table.RefusedNumberBit:x}", "", rules.UnknownEntry);
            }

            AddRow(text, "      any other number", "", FilterAction.Allow);
            text.Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"Any other architecture: {rules.UnknownEntry}\n\n");
        SockFilter[] program = FilterProgram.Build(rules, tables);
        text.Append(CultureInfo.InvariantCulture, $"BPF, {program.Length} instructions\n");
        BpfListing.Append(text, program, tables);
        return text.ToString();
    }

    /// <summary>A call's name in the manual: IoUringSetup is io_uring_setup.</summary>
    public static string NameOf(SystemCall call)
    {
        var name = new StringBuilder();
        foreach (char c in call.ToString())
        {
            name.Append(char.IsUpper(c) && name.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    private static void AddRules(StringBuilder text, string call, IReadOnlyList<FilterRule> rules)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            AddRow(text, i == 0 ? call : "", rules.Count == 1 ? "always" : rules[i].Condition, rules[i].Action);
        }
    }

    private static void AddRow(StringBuilder text, string call, string condition, FilterAction action)
    {
        string line = $"{call,-24}  {action,-20}  {condition}";
        text.Append(line.TrimEnd()).Append('\n');
    }
}
