using System.Globalization;
using System.Reflection;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor;
using BindToInterface.Supervisor.Check;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Lifetime;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Status;
using BindToInterface.Supervisor.Supervision;
using BindToInterface.Supervisor.Target;
using BindToInterface.Supervisor.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

const int OurError = 125;

Native.runtime_has_started();
AppDomain.CurrentDomain.UnhandledException += (_, failure) => EndOnFailureOfAThread((Exception)failure.ExceptionObject);

try
{
    if (args is [ProbeProgram.Word, var pipe, var name, var port])
    {
        return ProbeProgram.Run(int.Parse(pipe, CultureInfo.InvariantCulture), name, ushort.Parse(port, CultureInfo.InvariantCulture));
    }

    InheritedSignals.HearOfChildren();
    CommandLine commandLine = CommandLine.Parse(args);
    if (commandLine.WantsHelp || commandLine.WantsVersion)
    {
        return Print(commandLine.WantsHelp ? HelpText.Make() : $"bti-supervise {Version()}\n");
    }

    if (commandLine.StatusOf is string process)
    {
        if (commandLine.ProgramWords > 0)
        {
            throw new SettingsException($"{Setting.Status.Option}: '{args[^commandLine.ProgramWords]}' is not a process id; accepted is bti-supervise --status [PID]");
        }

        var asked = StatusCommand.Run(process, commandLine.PrintsJson);
        int printed = Print(asked.Text);
        return asked.Complaint is null || printed != 0 ? printed : Fail(new StartException(asked.Complaint), asked.ExitStatus);
    }

    Profile? profile = Profile.Find(commandLine, Environment.GetEnvironmentVariable);
    Settings settings = SettingsReader.Read(commandLine, Environment.GetEnvironmentVariable, profile);
    bool logsDecisions = settings.Observes || settings.LogLevel <= LogLevel.Information;
    var rules = new FilterRules(FilterOptions.For(settings.Traffic, logsDecisions, mayChange: profile is not null) with
    {
        KeepsCopies = TargetAccess.KeepsCopies,
        TellsResults = settings.Trace is not null && !settings.DryRun,
        ReadsNames = settings.Observes,
        TellsRefusals = settings.Observes,
        AllowsRefused = settings.DryRun,
    });
    if (commandLine.WantsFilter)
    {
        return Print(FilterDump.Text(rules, SyscallTable.OfThisMachine));
    }

    if (commandLine.WantsCheck)
    {
        (string report, int status) = CheckCommand.Run(commandLine, args.AsSpan()[^commandLine.ProgramWords..], settings, rules);
        return Print(report) is var printed and not 0 ? printed : status;
    }

    commandLine.RefuseWithProgram();
    if (commandLine.ProgramWords == 0)
    {
        string taken = commandLine.LastOption is (string option, string value) ? $" ({option} has taken '{value}' as its value)" : "";
        throw new SettingsException($"PROGRAM: none is given{taken}; accepted is bti-supervise [OPTIONS] [--] PROGRAM [ARG...]");
    }

    var launcher = new ProgramLauncher(() => FilterProgram.Build(rules, SyscallTable.OfThisMachine));
    ProgramCommand command = ProgramCommand.FromOwnCommandLine(commandLine.ProgramWords);
    using ILoggerFactory logging = LogSetup.Create(settings);
    ILogger logger = logging.CreateLogger("bti-supervise");

    ServiceManager? manager = ServiceManager.FromEnvironment(logger);
    Prerequisites.Check();
    if (settings.MetricsFile is string toCheck)
    {
        MetricsFile.Check(toCheck, settings.MetricsFileNamedBy);
    }

    using var binder = new InterfaceBinder();
    using Observation? observation = Observation.Of(settings);
    var decisions = new DecisionLog(logger);
    if (settings.WaitsForInterface && !settings.DryRun
        && new InterfaceWait(settings.Traffic.Interfaces, logger).Wait(settings.InterfacePatience, told: why => manager?.Status(why)) is ProgramStatus ended)
    {
        StandardError.Flush();
        return ended.EndAlike();
    }

    var policy = new LivePolicy(settings.Traffic, binder, logger);
    policy.Find();
    StartWarnings.Write(settings, args.AsSpan()[^commandLine.ProgramWords..], binder, decisions, logger);

    SocketCopies? copies = TargetAccess.KeepsCopies ? new SocketCopies(() => ProcessTree.Descendants(without: new HashSet<int>(), isWhole: true), () => DescriptorLimit.Current) : null;
    ProcessWatch.AdoptDescendants();
    using var watch = new ProcessWatch(settings.ExitWithProgram, logger);
    (int pid, DescriptorHandle listener) = launcher.Launch(command);
    // The program is loaded meanwhile.
    Capabilities.Read();
    var calls = new Listener(listener);
    var shared = new SharedState(calls, policy.Current, binder, decisions)
    {
        Rules = rules,
        Copies = copies,
        Observer = observation?.Observer,
        Sinks = new([decisions, .. observation?.Sinks ?? []], calls.IsWaiting),
    };
    try
    {
        new NotifyLoop(shared, logger).Start();
    }
    catch
    {
        // Nobody would answer the program.
        ProgramLauncher.Abort(pid);
        throw;
    }

    observation?.Start();
    InheritedDescriptors.LetGo();
    DescriptorLimit.Raise();
    using var network = new HostNetwork();
    StartWarnings.WriteFindings(settings, policy.Current.Take(), network, logger);
    logger.Started(command.Name, pid);

    // What runs beside the program: one registration each.
    var services = new ServiceCollection();
    CopySweep.Register(services, copies);
    if (manager is not null)
    {
        services.AddSingleton<IHostedService>(new InterfaceStatus(manager, binder, policy.Current, logger));
    }

    // A change of the profile may name the first interface in a route.
    if (!settings.DryRun && (settings.Traffic.Interfaces.Count > 0 || (profile is not null && settings.Traffic.Restricts)))
    {
        var interfaces = new InterfaceWatch(policy.Current, network, decisions, logger);
        if (logger.IsEnabled(LogLevel.Warning))
        {
            services.AddSingleton<IHostedService>(interfaces);
        }

        services.AddSingleton<IHostedService>(new FormerConnections(binder, policy.Current, interfaces, logger));
    }

    if (policy.HasWords || profile is not null)
    {
        services.AddSingleton<IHostedService>(policy);
    }

    if (profile is not null)
    {
        Settings Read(Profile changed) => SettingsReader.Read(commandLine, Environment.GetEnvironmentVariable, changed);
        services.AddSingleton<IHostedService>(new ProfileFollower(profile, Read, new LiveSettings(settings, policy, binder, decisions, logger), logger));
    }

    var source = new StatusSource(command.Name, pid, shared.Counters, shared.Policy);
    services.AddSingleton<IHostedService>(new StatusServer(source, logger));
    if (settings.MetricsFile is string metrics)
    {
        services.AddSingleton<IHostedService>(new MetricsFile(metrics, settings.MetricsFileNamedBy, Version(), source, logger));
    }

    var host = new BackgroundHost(services, logging);
    if (manager is not null || settings.MetricsFile is not null)
    {
        // The manager waits for READY=1. And the counts of a short program are written, too.
        host.Start();
    }

    ProgramStatus end = watch.Wait(pid, lasts: host.Start);
    shared.Sinks.Drain();
    observation?.End();
    host.Stop();
    StandardError.Flush();
    return end.EndAlike();
}
catch (ProgramNotStartedException exception)
{
    return Fail(exception, exception.ExitStatus);
}
#pragma warning disable CA1031 // A user is told in one line, not by a stack trace.
catch (Exception exception)
#pragma warning restore CA1031
{
    return Fail(Told(exception), OurError);
}

// Not by System.Console, which would put a terminal into modes of its own.
static unsafe int Print(string text)
{
    byte[] bytes = Encoding.UTF8.GetBytes(text);
    fixed (byte* start = bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            nint written = (nint)LibC.write(1, start + done, bytes.Length - done);
            if (written < 0 && Native.LastError is var error and not Errno.EINTR)
            {
                return Fail(new StartException($"standard output: {error}: the text cannot be written"), OurError);
            }

            done += (int)Math.Max(0, written);
        }
    }

    return 0;
}

static int Fail(Exception exception, int status)
{
    StandardError.WriteLine($"bti-supervise: {exception.Message}");
    return status;
}

static Exception Told(Exception exception) => exception switch
{
    StartException or SettingsException => exception,
    OutOfMemoryException or ThreadStartException => new StartException("bti-supervise gets no memory or no further thread: raise the limits (ulimit -v, ulimit -u, MemoryMax=, TasksMax=)"),
    _ => new StartException($"internal error, please report it: {exception.GetType().Name}: {exception.Message}".OneLine()),
};

// As if the supervisor had been killed: stopped calls get ENOSYS, instead of waiting for an answer for ever.
static void EndOnFailureOfAThread(Exception exception)
{
    Fail(Told(exception), OurError);
    StandardError.Flush();
    LibC._exit(OurError);
}

static string Version() =>
    Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
