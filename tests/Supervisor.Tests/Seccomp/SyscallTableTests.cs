using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

public sealed class SyscallTableTests
{
    public static TheoryData<string> EntryNames => Filters.EntryNames;

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_table_reads_its_own_numbers_and_no_others(string entry)
    {
        SyscallTable table = Filters.Entries[entry];
        var byNumber = table.Numbers.ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (int number in Enumerable.Range(-2, 1_100).Append(int.MinValue).Append(int.MaxValue).Append(0x4000_0000 | 42))
        {
            Assert.Equal(byNumber.GetValueOrDefault(number), table[number]);
        }
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_table_knows_every_call_of_its_entry(string entry)
    {
        IEnumerable<SystemCall> expected = Enum.GetValues<SystemCall>()
            .Where(call => call != SystemCall.None && (call != SystemCall.Socketcall || entry == "i386"));

        Assert.Equal(expected.Order(), Filters.Entries[entry].Numbers.Keys.Order());
    }

    [Theory]
    [InlineData("x86-64", 8)]
    [InlineData("i386", 4)]
    [InlineData("arm64", 8)]
    [InlineData("arm", 4)]
    public void A_table_has_the_layout_of_its_entry(string entry, int wordSize) =>
        Assert.Equal(wordSize, Filters.Entries[entry].Layout.WordSize);

    [Fact]
    public void This_machine_has_its_own_entry_first_and_that_of_its_32_bit_programs()
    {
        string[] expected = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ["arm64", "arm"] : ["x86-64", "i386"];

        Assert.Equal(expected.Select(entry => Filters.Entries[entry]), SyscallTable.OfThisMachine);
    }
}
