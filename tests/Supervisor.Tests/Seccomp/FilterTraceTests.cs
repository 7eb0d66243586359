using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>What trace, summary and dry run have the filter stop.</summary>
public sealed class FilterTraceTests
{
    public static TheoryData<string> EntryNames => Filters.EntryNames;

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void What_the_filter_refuses_is_told_with_the_same_error(string entry)
    {
        var plain = new FilterRules(Filters.InterfaceAndDns);
        var told = new FilterRules(Filters.Trace);
        ulong[] packetSocket = [17, 3, 768, 0, 0, 0];

        Assert.Equal("EAFNOSUPPORT", Filters.Decide(entry, Filters.InterfaceAndDns, SystemCall.Socket, packetSocket));
        Assert.Equal(Filters.Trap, Filters.Decide(entry, Filters.Trace, SystemCall.Socket, packetSocket));
        Assert.Equal(plain.Match(SystemCall.Socket, packetSocket)!.Action.Error, told.Match(SystemCall.Socket, packetSocket)!.Action.Error);
        Assert.Equal(Filters.Trap, Filters.Decide(entry, Filters.Trace, SystemCall.IoUringSetup, 8, 0x7fff_0000));
        Assert.Equal(CallHandler.Refusal, told.Match(SystemCall.IoUringSetup, new ulong[6])!.Action.Handler);
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void An_error_of_a_connection_is_asked_for_by_one_option_alone(string entry)
    {
        Assert.Equal(Filters.Trap, Filters.Decide(entry, Filters.Trace, SystemCall.Getsockopt, 3, 1, 4, 0x7fff_0000, 0x7fff_0000));
        Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Trace, SystemCall.Getsockopt, 3, 1, 3, 0x7fff_0000, 0x7fff_0000));
        Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Summary, SystemCall.Getsockopt, 3, 1, 4, 0x7fff_0000, 0x7fff_0000));
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void Only_a_read_with_the_buffer_of_a_DNS_program_is_stopped(string entry)
    {
        Assert.Equal(Filters.Trap, Filters.Decide(entry, Filters.Summary, SystemCall.Read, 3, 0x7fff_0000, 1232));
        Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.Summary, SystemCall.Read, 3, 0x7fff_0000, 4096));
        Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.InterfaceAndDns, SystemCall.Read, 3, 0x7fff_0000, 1232));
    }

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void A_dry_run_refuses_no_entry_into_the_kernel(string entry)
    {
        Assert.Equal(Filters.Allow, Filters.Decide(entry, Filters.DryRun, new Call(0, 1, 2)));
        Assert.Equal(Filters.Allow, Filters.Decide("x86-64", Filters.DryRun, new Call(SyscallTable.X86_64.AuditArch, 0x4000_0000 | 42, 2)));
    }
}
