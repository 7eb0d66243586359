using System.Globalization;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Microsoft.Extensions.Logging.Abstractions;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>
/// Runs <see cref="ProbeProgram"/> as any program is run: below the filter, judged by the same policy. What it finds is what a
/// program would find, and it cannot leak.
/// </summary>
internal static unsafe class SupervisedProbe
{
    /// <summary>The program ends itself; this is for one that cannot.</summary>
    private const int PatienceMilliseconds = ProbeProgram.PatienceMilliseconds + 1000;

    /// <summary>Runs it to its end.</summary>
    /// <param name="target">The host and the port.</param>
    /// <param name="settings">What the user asked for.</param>
    /// <param name="policy">What that means at the moment.</param>
    /// <param name="rules">The rules of the filter.</param>
    public static IEnumerable<Finding> Run(ProbeTarget target, Settings settings, CurrentPolicy policy, FilterRules rules)
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
        {
            return [ProbeRules.NotStarted(target, $"pipe: {Native.LastError}")];
        }

        using var read = new DescriptorHandle(ends[0]);
        var write = new DescriptorHandle(ends[1]);
        try
        {
            // The program keeps this end.
            _ = LibC.fcntl(write.Descriptor, LibC.F_SETFD, 0);
            var command = ProgramCommand.Of(
                "/proc/self/exe", ProbeProgram.Word, Text(write.Descriptor), target.Host, Text(target.Port));
            (int pid, DescriptorHandle listener) = new ProgramLauncher(() => FilterProgram.Build(rules, SyscallTable.OfThisMachine)).Launch(command);
            write.Dispose();
            var refusals = new Refusals();
            Answer(policy, rules, listener, refusals);
            string[] lines = ReadLines(read);
            ProgramLauncher.Abort(pid);
            return ProbeRules.Judge(target, lines, settings.Traffic, refusals.First);
        }
        catch (Exception exception) when (exception is StartException or ProgramNotStartedException)
        {
            return [ProbeRules.NotStarted(target, exception.Message)];
        }
        finally
        {
            write.Dispose();
        }
    }

    /// <summary>The loop that answers the program's calls. It lasts as long as this process.</summary>
    private static void Answer(CurrentPolicy policy, FilterRules rules, DescriptorHandle listener, Refusals refusals)
    {
        var calls = new Listener(listener);
        var shared = new SharedState(calls, policy, new InterfaceBinder(), new DecisionLog(NullLogger.Instance))
        {
            Rules = rules,
            Copies = TargetAccess.KeepsCopies ? new SocketCopies(() => [], () => DescriptorLimit.Current) : null,
            Sinks = new DecisionSinks([refusals], calls.IsWaiting),
        };
        new NotifyLoop(shared, NullLogger.Instance).Start();
    }

    private static string[] ReadLines(DescriptorHandle pipe)
    {
        var text = new StringBuilder();
        byte* buffer = stackalloc byte[4096];
        long end = Environment.TickCount64 + PatienceMilliseconds;
        var readable = new pollfd { fd = pipe.Descriptor, events = LibC.POLLIN };
        while (end - Environment.TickCount64 is var left and > 0 && Native.poll(&readable, 1, (int)left) != 0)
        {
            nint length = (nint)LibC.read(pipe.Descriptor, buffer, 4096);
            if (length == 0 || (length < 0 && Native.LastError != Errno.EINTR))
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, (int)Math.Max(0, length)));
        }

        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Keeps why the first call was refused.</summary>
    private sealed class Refusals : IDecisionSink
    {
        private volatile string? first;

        public string? First => first;

        public bool NamesCaller => false;

        public bool Wants(DecisionKind kind, in Verdict verdict) => kind == DecisionKind.Judged && verdict.Kind == VerdictKind.Refuse;

        public void Publish(Decision decision) => first ??= $"{decision.Verdict.Destination}: {decision.Verdict.Reason}";
    }
}
