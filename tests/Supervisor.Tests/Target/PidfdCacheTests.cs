using BindToInterface.Policy;
using BindToInterface.Supervisor.Target;
using BindToInterface.Supervisor.Tests.Supervision;
using Microsoft.Win32.SafeHandles;

namespace BindToInterface.Supervisor.Tests.Target;

/// <summary>Descriptors of other processes and of threads of this one, duplicated.</summary>
public sealed class PidfdCacheTests
{
    private const int StandardInput = 0;

    [Fact]
    public void A_thread_is_known_from_its_second_call_on() => ThisThread.IsAnother(tid =>
    {
        using var cache = new PidfdCache(PidfdCache.Small);

        Assert.Equal((Errno.None, false), Duplicate(cache, tid));
        // Before Linux 6.9 a thread has no pidfd of its own.
        Assert.Equal((Errno.None, Environment.OSVersion.Version >= new Version(6, 9)), Duplicate(cache, tid));
    });

    [Fact]
    public void The_duplicate_is_the_target_s_file()
    {
        using SafeFileHandle file = File.OpenHandle("/proc/self/status");
        int number = (int)file.DangerousGetHandle();
        using var cache = new PidfdCache(PidfdCache.Small);

        Assert.Equal(Errno.None, cache.Duplicate(Environment.ProcessId, number, out int descriptor, out _));

        using var duplicate = new SafeFileHandle(descriptor, ownsHandle: true);
        Assert.NotEqual(number, descriptor);
        Assert.Equal(new FileInfo($"/proc/self/fd/{number}").LinkTarget, new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget);
    }

    [Fact]
    public void A_descriptor_that_the_target_does_not_have_is_EBADF()
    {
        using var other = new OtherProcess();
        using var cache = new PidfdCache(PidfdCache.Small);

        Assert.Equal(Errno.EBADF, cache.Duplicate(other.Id, 9999, out int descriptor, out _));
        Assert.Equal(-1, descriptor);
        // The same with a pidfd that is kept.
        Assert.Equal(Errno.EBADF, cache.Duplicate(other.Id, 9999, out _, out _));
    }

    [Fact]
    public void A_process_that_has_ended_is_ESRCH_known_or_not()
    {
        using var cache = new PidfdCache(PidfdCache.Small);
        int id;
        using (var other = new OtherProcess())
        {
            id = other.Id;
            Assert.Equal(Errno.None, Duplicate(cache, id).Error);
        }

        Assert.Equal(Errno.ESRCH, cache.Duplicate(id, StandardInput, out _, out bool wasKnown));
        Assert.False(wasKnown);
    }

    [Fact]
    public void More_processes_than_there_is_room_for_push_each_other_out()
    {
        const int Processes = 4;
        int before = OpenPidfds();
        using var cache = new PidfdCache(PidfdCache.Small);
        OtherProcess[] others = [.. Enumerable.Range(0, Processes).Select(_ => new OtherProcess())];
        try
        {
            for (int round = 0; round < 2; round++)
            {
                Assert.All(others, other => Assert.Equal(Errno.None, Duplicate(cache, other.Id).Error));
            }

            Assert.InRange(OpenPidfds() - before, 1, PidfdCache.Small);
            cache.Clear();
            Assert.Equal(before, OpenPidfds());
        }
        finally
        {
            Array.ForEach(others, other => other.Dispose());
        }
    }

    private static int OpenPidfds() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(path => new FileInfo(path).LinkTarget is string target && (target.Contains("[pidfd]", StringComparison.Ordinal) || target.StartsWith("pidfd:", StringComparison.Ordinal)));

    private static (Errno Error, bool WasKnown) Duplicate(PidfdCache cache, int tid)
    {
        Errno error = cache.Duplicate(tid, StandardInput, out int descriptor, out bool wasKnown);
        if (descriptor >= 0)
        {
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        }

        return (error, wasKnown);
    }
}
