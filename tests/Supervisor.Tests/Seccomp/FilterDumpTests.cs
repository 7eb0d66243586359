using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>What --dump-filter prints.</summary>
public sealed class FilterDumpTests
{
    [Fact]
    public void The_rules_are_told_in_words()
    {
        string text = Dump(Filters.InterfaceAndDns, "x86-64");

        Assert.StartsWith("Rules of x86_64 (architecture 0xc000003e)\n", text, StringComparison.Ordinal);
        Says(text, "42 connect", "notify Connect", "always");
        Says(text, "44 sendto", "notify Send", "dest_addr is not null");
        Says(text, "allow", "otherwise");
        Says(text, "41 socket", "EAFNOSUPPORT", "family is none of 1, 2, 10, 16, 38");
        Says(text, "allow", "type & 0xf is 1 and protocol is 0 or 6 or 132");
        Says(text, "54 setsockopt", "notify SocketOption", "level is 1 and optname is 25 or 62");
        Says(text, "425 io_uring_setup", "ENOSYS", "always");
        Says(text, "249 request_key", "ENOKEY", "callout_info is not null");
        Says(text, "any number with bit 0x40000000", "ENOSYS");
        Says(text, "any other number", "allow");
        Says(text, "Rules of i386 (architecture 0x40000003)");
        Says(text, "102 socketcall", "notify Socketcall", "call is 1 or 3 or 8 or 11 or 12 or 14 or 15 or 16 or 20");
        Says(text, "Any other architecture: ENOSYS");
    }

    [Fact]
    public void A_call_that_needs_no_rule_is_not_told()
    {
        Assert.Contains("recvfrom", Dump(Filters.InterfaceAndDns, "arm64"), StringComparison.Ordinal);
        Assert.DoesNotContain("recvfrom", Dump(Filters.Interface, "arm64"), StringComparison.Ordinal);
        Assert.DoesNotContain("connect", Dump(default, "arm64"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_instructions_are_listed_as_they_are_installed()
    {
        // As little as there can be: what is stopped to be logged.
        string[] lines = Dump(Filters.LogOnly, "arm64").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int first = Array.FindIndex(lines, line => line.StartsWith("BPF, ", StringComparison.Ordinal));
        string[] listed = lines[(first + 1)..];

        Assert.Equal($"BPF, {listed.Length} instructions", lines[first]);
        Assert.Equal(FilterProgram.Build(new FilterRules(Filters.LogOnly), Filters.MachineOf("arm64")).Length, listed.Length);
        Assert.All(listed, (line, index) => Assert.StartsWith($"{index,5}  ", line, StringComparison.Ordinal));
        Assert.Matches(@"^    0  ld   \[4\] +arch$", listed[0]);
        Assert.Matches(@"^    1  jeq  0xc00000b7 then \d+ +aarch64$", listed[1]);
        Assert.Matches(@"^    2  jeq  0x40000028 then \d+ +arm$", listed[2]);
        Assert.Matches(@"^    3  ret  0x50026 +ENOSYS$", listed[3]);
        Assert.Equal(2, listed.Count(line => line.EndsWith(" args[4], upper half", StringComparison.Ordinal) && line.Contains("ld   [52]", StringComparison.Ordinal)));
        foreach (string call in new[] { "connect", "sendto", "sendmsg", "sendmmsg", "io_uring_setup", "io_uring_enter", "io_uring_register" })
        {
            Assert.Equal(2, listed.Count(line => line.EndsWith($" {call}", StringComparison.Ordinal)));
        }
    }

    /// <summary>Each target is an instruction further down.</summary>
    [Fact]
    public void Each_jump_names_where_it_goes()
    {
        foreach (string entry in Filters.Entries.Keys)
        {
            string[] listed = [.. Dump(Filters.InterfaceAndDns, entry).Split('\n').SkipWhile(line => !line.StartsWith("BPF, ", StringComparison.Ordinal)).Skip(1)];
            foreach ((string line, int index) in listed.SkipLast(1).Select((line, index) => (line, index)))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                foreach (int at in Enumerable.Range(0, words.Length - 1).Where(at => words[at] is "then" or "else" or "ja"))
                {
                    Assert.InRange(int.Parse(words[at + 1], System.Globalization.CultureInfo.InvariantCulture), index + 1, listed.Length - 2);
                }
            }
        }
    }

    private static string Dump(FilterOptions options, string entry) => FilterDump.Text(new FilterRules(options), Filters.MachineOf(entry));

    /// <summary>A line, by its columns.</summary>
    private static void Says(string text, params string[] columns) => Assert.Contains(
        text.Split('\n'), line => line.Trim().Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SequenceEqual(columns));
}
