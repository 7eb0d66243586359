using System.Reflection;
using BindToInterface.Policy;
using BindToInterface.Supervisor;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Filter;
using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Launch;
using BindToInterface.Supervisor.Lifetime;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Notify;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const int OurError = 125;

if (ProgramShim.IsShim(args))
{
    return ProgramShim.BecomeProgram(args);
}

try
{
    ProgramShim.HearOfChildren();
    CommandLine commandLine = CommandLine.Parse(args);
    if (commandLine.WantsHelp || commandLine.WantsVersion)
    {
        return Print(commandLine.WantsHelp ? CommandLine.HelpText() : $"bti-supervise {Version()}\n");
    }

    HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
    Settings settings = SettingsReader.Read(builder.Configuration, commandLine);
    if (commandLine.ProgramWords == 0)
    {
        string taken = commandLine.LastOption is (string option, string value) ? $" ({option} has taken '{value}' as its value)" : "";
        throw new SettingsException($"PROGRAM: none is given{taken}; accepted is bti-supervise [OPTIONS] [--] PROGRAM [ARG...]");
    }

    ProgramCommand command = ProgramCommand.FromOwnCommandLine(commandLine.ProgramWords);
    using ILoggerFactory logging = LogSetup.Create(settings);
    ILogger logger = logging.CreateLogger("bti-supervise");

    Prerequisites.Check();
    using var binder = new InterfaceBinder();
    var decisions = new DecisionLog(logger, settings.Traffic.Interface);
    StartWarnings.Write(settings, args.AsSpan()[^commandLine.ProgramWords..], binder, decisions, logger);

    ProcessWatch.AdoptDescendants();
    using var watch = new ProcessWatch(settings.ExitWithProgram, logger);
    (int pid, DescriptorHandle listener) = ProgramLauncher.Launch(
        command, FilterProgram.Build(FilterOptions.For(settings), SyscallTable.OfThisMachine));
    var shared = new SharedState(
        new Listener(listener), new TrafficPolicy(settings.Traffic), binder, decisions, new RewrittenSockets());
    new NotifyLoop(shared, logger).Start();
    InheritedDescriptors.LetGo();
    logger.Started(command.Name, pid);

    builder.Services.AddSingleton(logging);
    builder.Services.AddSingleton<IHostLifetime, SupervisorLifetime>();
    var host = new BackgroundHost(builder);
    host.Start();

    ProgramStatus status = watch.Wait(pid);
    host.Stop();
    StandardError.Flush();
    return status.EndAlike();
}
catch (ProgramNotStartedException exception)
{
    return Fail(exception, exception.ExitStatus);
}
catch (OutOfMemoryException)
{
    return Fail(new StartException("no thread or no memory is left: raise the limits (ulimit -u, ulimit -v)"), OurError);
}
catch (Exception exception) when (exception is StartException or SettingsException)
{
    return Fail(exception, OurError);
}

static int Print(string text)
{
    try
    {
        Console.Out.Write(text);
        return 0;
    }
    catch (IOException exception)
    {
        return Fail(exception, OurError);
    }
}

static int Fail(Exception exception, int status)
{
    StandardError.WriteLine($"bti-supervise: {exception.Message}");
    return status;
}

static string Version() =>
    Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
