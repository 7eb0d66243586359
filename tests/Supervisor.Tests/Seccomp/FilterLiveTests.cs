using System.Runtime.InteropServices;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>
/// The filter in this machine's kernel, on a thread of its own: a filter belongs to a thread and ends with it.
/// Each call has a descriptor of -1 or is harmless, so that EBADF and the like tell that it was allowed.
/// </summary>
public sealed partial class FilterLiveTests
{
    /// <summary>What trapped calls are answered with: no call here fails with it by itself.</summary>
    private const Errno Trapped = Errno.EDOM;

    private const ulong BadDescriptor = ulong.MaxValue;

    private static readonly string Entry = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x86-64";

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void The_kernel_decides_as_the_interpreter_does(bool bindsToInterface, bool restoresDnsSource)
    {
        var options = new FilterOptions(true, bindsToInterface, restoresDnsSource);
        (SystemCall Call, ulong[] Arguments)[] calls = [.. Calls()];

        List<Errno> answers = Run(options, calls);

        for (int index = 0; index < calls.Length; index++)
        {
            (SystemCall call, ulong[] arguments) = calls[index];
            string decision = Filters.Decide(Entry, options, call, arguments);
            string seen = answers[index] == Trapped ? Filters.Trap
                : decision != Filters.Allow && decision == answers[index].ToString() ? decision
                : Filters.Allow;
            Assert.True(decision == seen, $"{call}({string.Join(", ", arguments)}): {answers[index]} instead of {decision}");
        }
    }

    [Fact]
    public void What_is_shut_fails_as_on_a_kernel_without_it()
    {
        List<Errno> answers = Run(
            Filters.Interface,
            (SystemCall.Socket, [17, 3, 0]), // AF_PACKET, SOCK_RAW
            (SystemCall.Socket, [2, 10, 0]), // AF_INET, SOCK_PACKET
            (SystemCall.Socket, [2, 1, 262]), // MPTCP, which becomes TCP
            (SystemCall.Socket, [2, 1, 256]), // SMC
            (SystemCall.IoUringSetup, [1, 0]),
            (SystemCall.Connect, [BadDescriptor, 0, 0]),
            (SystemCall.Sendto, [BadDescriptor, 0, 0, 0, 0, 0]),
            (SystemCall.Sendto, [BadDescriptor, 0, 0, 0, 1, 0]),
            (SystemCall.Sendto, [BadDescriptor, 0, 0, 0, 1UL << 32, 0]));

        Assert.Equal(
            [
                Errno.EAFNOSUPPORT, Errno.EAFNOSUPPORT, Trapped, Errno.EPROTONOSUPPORT, Errno.ENOSYS,
                Trapped, Errno.EBADF, Trapped, Trapped,
            ],
            answers);
    }

    private static IEnumerable<(SystemCall Call, ulong[] Arguments)> Calls()
    {
        ulong[] addresses = [0, 1, 1UL << 32, 0x7fff_0000_0000];
        foreach (SystemCall call in new[] { SystemCall.Connect, SystemCall.Sendmsg, SystemCall.Sendmmsg })
        {
            yield return (call, [BadDescriptor, 0, 0, 0, 0, 0]);
        }

        foreach (SystemCall call in new[] { SystemCall.Sendto, SystemCall.Recvfrom })
        {
            foreach (ulong address in addresses)
            {
                yield return (call, [BadDescriptor, 0, 0, 0, address, 0]);
            }
        }

        foreach (SystemCall call in new[] { SystemCall.Setsockopt, SystemCall.Getsockopt })
        {
            foreach (ulong level in new ulong[] { 0, 1, 6, 41, 132, 0xffff_ffff_0000_0001 })
            {
                for (ulong name = 0; name < 115; name++)
                {
                    yield return (call, [BadDescriptor, level, name, 0, 0, 0]);
                }
            }
        }

        // Types and protocols that every kernel has, so that no module is loaded for a test.
        foreach ((ulong family, ulong type, ulong protocol) in new (ulong, ulong, ulong)[]
        {
            (1, 1, 0), (2, 1, 6), (2, 2, 17), (10, 2, 17), (16, 3, 0), (17, 3, 0), (2, 10, 0), (2, 0x80800 | 10, 0), (2, 1, 262), (2, 1, 300), (2, 2, 115), (2, 1, 600), (2, 6, 0), (2, 3, 256), (44, 3, 0),
        })
        {
            yield return (SystemCall.Socket, [family, type, protocol, 0, 0, 0]);
        }

        yield return (SystemCall.RequestKey, [0, 0, 0, 0, 0, 0]);
        yield return (SystemCall.RequestKey, [0, 0, 1, 0, 0, 0]);
        yield return (SystemCall.Socketpair, [17, 3, 0, 0, 0, 0]);
        yield return (SystemCall.Socketpair, [1, 1, 0, 0, 0, 0]);
        yield return (SystemCall.IoUringSetup, [1, 0, 0, 0, 0, 0]);
        yield return (SystemCall.IoUringEnter, [BadDescriptor, 0, 0, 0, 0, 0]);
        yield return (SystemCall.IoUringRegister, [BadDescriptor, 0, 0, 0, 0, 0]);
    }

    /// <summary>Makes the calls on a filtered thread, and answers those that are trapped.</summary>
    private static List<Errno> Run(FilterOptions options, params (SystemCall Call, ulong[] Arguments)[] calls)
    {
        SockFilter[] filter = FilterProgram.Build(new FilterRules(options), SyscallTable.OfThisMachine);
        var answers = new List<Errno>();
        using var installed = new SemaphoreSlim(0);
        DescriptorHandle? descriptor = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                descriptor = InstalledFilter.Install(filter);
            }
#pragma warning disable CA1031 // Reported by the thread that waits; an exception here would end the test process.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
                return;
            }
            finally
            {
                installed.Release();
            }

            foreach ((SystemCall call, ulong[] arguments) in calls)
            {
                answers.Add(Make(SyscallTable.OfThisMachine[0].Numbers[call], arguments));
            }
        });
        thread.Start();
        installed.Wait();
        Assert.Null(failure);
        using (var listener = new Listener(descriptor!))
        {
            AnswerUntilTheThreadIsGone(listener, descriptor!);
        }

        thread.Join();
        return answers;
    }

    private static unsafe void AnswerUntilTheThreadIsGone(Listener listener, DescriptorHandle descriptor)
    {
        using NotificationBuffer buffer = listener.NewBuffer();
        while (true)
        {
            var poll = new pollfd { fd = descriptor.Descriptor, events = LibC.POLLIN };
            if (Native.poll(&poll, 1, -1) < 0)
            {
                Assert.Equal(Errno.EINTR, Native.LastError);
            }
            else if ((poll.revents & LibC.POLLIN) == 0)
            {
                return;
            }
            else if (listener.Receive(buffer, out Notification call) == Errno.None)
            {
                Assert.Equal(Errno.None, listener.Send(call, Response.Fail(Trapped)));
            }
        }
    }

    private static Errno Make(int number, ulong[] arguments)
    {
        ulong[] six = [.. arguments, .. new ulong[6 - arguments.Length]];
        nint result = SystemCallOfSix(number, (nint)six[0], (nint)six[1], (nint)six[2], (nint)six[3], (nint)six[4], (nint)six[5]);
        Errno error = result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        if (result > 0)
        {
            _ = LibC.close((int)result);
        }

        return error;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCallOfSix(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
