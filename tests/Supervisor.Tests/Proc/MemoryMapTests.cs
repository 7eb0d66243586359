using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Tests.Proc;

/// <summary>Six pages of the tests' own memory: writable, writable, for reading, for executing, for nothing, and none.</summary>
public sealed unsafe partial class MemoryMapTests : IDisposable
{
    private const ulong Page = 4096;
    private const int PROT_NONE = 0;
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int PROT_EXEC = 4;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;

    private readonly ulong start;

    public MemoryMapTests()
    {
        if (Environment.SystemPageSize != (int)Page)
        {
            throw new InvalidOperationException("these tests are about pages of 4 KiB");
        }

        start = (ulong)mmap(null, (nuint)(6 * Page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        Protect(2, PROT_READ);
        Protect(3, PROT_EXEC);
        Protect(4, PROT_NONE);
        Assert.Equal(0, munmap((void*)(start + 5 * Page), (nuint)Page));
    }

    public void Dispose() => _ = munmap((void*)start, (nuint)(5 * Page));

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, 2 * Page, true)]
    [InlineData(Page - 1, 2, true)]
    [InlineData(2 * Page - 1, 1, true)]
    [InlineData(2 * Page - 1, 2, false)]
    [InlineData(2 * Page, 1, false)]
    [InlineData(3 * Page, 1, false)]
    [InlineData(4 * Page, 1, false)]
    [InlineData(5 * Page, 1, false)]
    public void All_of_it_has_to_be_writable(ulong offset, ulong length, bool expected)
    {
        using MemoryMap map = MemoryMap.Open(Environment.ProcessId)!;

        Assert.Equal(expected, map.IsWritable(start + offset, length));
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(2 * Page, Page, true)]
    [InlineData(3 * Page, Page, true)]
    [InlineData(0, 4 * Page, true)]
    [InlineData(0, 4 * Page + 1, false)]
    [InlineData(4 * Page, 1, false)]
    [InlineData(5 * Page, 1, false)]
    public void What_may_be_used_in_some_way_is_usable(ulong offset, ulong length, bool expected) =>
        Assert.Equal(expected, MemoryMap.IsUsable(Environment.ProcessId, start + offset, length));

    [Fact]
    public void A_length_beyond_the_end_of_all_addresses_is_not_usable() =>
        Assert.False(MemoryMap.IsUsable(Environment.ProcessId, start, ulong.MaxValue - 1));

    [Fact]
    public void Of_a_process_that_is_not_there_there_is_no_map()
    {
        Assert.Null(MemoryMap.Open(int.MaxValue));
        Assert.False(MemoryMap.IsUsable(int.MaxValue, start, 1));
    }

    private void Protect(int page, int protection) =>
        Assert.Equal(0, mprotect((void*)(start + (ulong)page * Page), (nuint)Page, protection));

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
