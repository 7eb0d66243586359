using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>Every struct and constant of Interop against the C headers of this machine.</summary>
public sealed class AbiTests
{
    private static readonly string[] Headers =
    [
        "errno.h", "fcntl.h", "ifaddrs.h", "netdb.h", "poll.h", "sched.h", "signal.h", "spawn.h", "termios.h", "net/if.h", "netinet/in.h", "sys/ioctl.h", "sys/prctl.h",
        "sys/epoll.h", "sys/eventfd.h", "sys/inotify.h", "sys/resource.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "netinet/tcp.h", "sys/uio.h", "sys/wait.h", "linux/audit.h", "linux/capability.h", "linux/filter.h", "linux/openat2.h", "linux/rtnetlink.h", "linux/sched/types.h",
        "linux/seccomp.h",
    ];

    /// <summary>Constants younger than the headers of Debian 12 (Linux 6.1), as their header defines them.</summary>
    private static readonly Dictionary<string, string> Younger = new()
    {
        ["PIDFD_THREAD"] = "O_EXCL",
        ["MSG_CMSG_COMPAT"] = "(-0x7fffffff - 1)",
        ["PROCMAP_QUERY"] = "_IOC(_IOC_READ | _IOC_WRITE, 'f', 17, 104)",
        ["PROCMAP_QUERY_VMA_READABLE"] = "0x01",
        ["PROCMAP_QUERY_VMA_WRITABLE"] = "0x02",
        ["PROCMAP_QUERY_VMA_EXECUTABLE"] = "0x04",
        ["MSG_PROBE"] = "MSG_PROXY", // the C library's name for the kernel's
        ["SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP"] = "(1UL << 0)",
        ["SECCOMP_IOCTL_NOTIF_SET_FLAGS"] = "SECCOMP_IOW(4, __u64)",
    };

    [CompilerFact]
    public void A_wrong_figure_is_found()
    {
        string? said = CCompiler.Check(new AbiSource(Headers).Equal("SIGKILL", 10).ToString());

        Assert.Contains("SIGKILL is not 10", said, StringComparison.Ordinal);
    }

    [CompilerFact]
    public void Every_struct_has_its_size_and_its_fields_where_C_has_them()
    {
        var source = new AbiSource(Headers);
        foreach ((Type type, (string name, Dictionary<string, string> fields)) in NativeStructures.InC)
        {
            source.Equal($"sizeof({name})", ManagedLayout.SizeOf(type));
            foreach (FieldInfo field in InstanceFields(type))
            {
                string member = fields[NameOf(field)];
                source.Equal($"offsetof({name}, {member})", ManagedLayout.OffsetOf(field));
                source.Equal($"sizeof((({name} *)0)->{member})", ManagedLayout.SizeOf(field.FieldType));
            }
        }

        CCompiler.Accepts(source.ToString());
    }

    [Fact]
    public void Every_struct_and_every_field_is_compared()
    {
        IEnumerable<Type> structs = typeof(Native).Assembly.GetTypes().Where(type =>
            type.IsValueType && !type.IsEnum && !type.IsNested && type.Namespace == typeof(Native).Namespace);

        Assert.Equal(structs.Select(type => type.Name).Order(), NativeStructures.InC.Keys.Select(type => type.Name).Order());
        Assert.All(NativeStructures.InC, pair => Assert.Equal(InstanceFields(pair.Key).Select(NameOf).Order(), pair.Value.Fields.Keys.Order()));
    }

    [CompilerFact]
    public void Every_constant_has_the_value_of_the_C_name_that_it_bears()
    {
        var source = new AbiSource(Headers);
        foreach ((string name, string value) in Younger)
        {
            source.DefineIfMissing(name, value);
        }

        FieldInfo[] constants = [.. typeof(Native).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral && IsCName(field.Name))];
        Assert.True(constants.Length > 45, $"only {constants.Length} constants");
        foreach (FieldInfo constant in constants)
        {
            source.Equal(constant.Name, constant.GetRawConstantValue()!);
        }

        CCompiler.Accepts(source.ToString());
    }

    [CompilerFact]
    public void What_is_used_of_Tmds_LibC_is_as_in_C()
    {
        var source = new AbiSource(Headers);
        // CPU_SET and its like are functions there.
        string[] constants = [.. UsedOf("LibC").Where(IsCName).Except(typeof(LibC).GetMethods().Select(method => method.Name))];
        Assert.True(constants.Length > 35, $"only {constants.Length} constants");
        foreach (string constant in constants)
        {
            source.Equal(constant, ValueInTmdsLibC(constant)!);
        }

        foreach ((Type type, (string name, string[] members)) in NativeStructures.OfTmdsLibC)
        {
            source.Equal($"sizeof({name})", ManagedLayout.SizeOf(type));
            foreach (string member in members)
            {
                FieldInfo field = FieldOf(type, member);
                source.Equal($"offsetof({name}, {member})", ManagedLayout.OffsetOf(field));
                source.Equal($"sizeof((({name} *)0)->{member})", ManagedLayout.SizeOf(field.FieldType));
            }
        }

        CCompiler.Accepts(source.ToString());
    }

    [Fact]
    public void No_name_is_declared_here_that_Tmds_LibC_has()
    {
        IEnumerable<string> names = typeof(LibC).GetMembers(BindingFlags.Public | BindingFlags.Static).Select(member => member.Name);
        IEnumerable<string> ours = typeof(Native).GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Select(member => member.Name);

        // Its poll does not keep its error.
        Assert.Equal(["poll"], ours.Intersect(names));
        Assert.Empty(ours.Intersect(typeof(Linux).GetFields().Select(field => field.Name)));
        // A name that Policy has is taken from there.
        Assert.Empty(UsedOf("LibC").Intersect(typeof(Linux).GetFields().Select(field => field.Name)));
    }

    [Fact]
    public void Every_errno_is_that_of_Tmds_LibC()
    {
        // ENOKEY and ERESTARTSYS it has not.
        (Errno Errno, object? Theirs)[] pairs = [.. Enum.GetValues<Errno>().Select(errno => (errno, ValueInTmdsLibC(errno.ToString()))).Where(pair => pair.Item2 is not null)];
        Assert.True(pairs.Length > 35, $"only {pairs.Length} numbers");
        Assert.All(pairs, pair => Assert.Equal((int)pair.Errno, pair.Theirs));
    }

    [CompilerFact]
    public void Every_errno_has_its_number()
    {
        // ERESTARTSYS is the kernel's own and in no header of libc.
        var source = new AbiSource("errno.h");
        foreach (Errno errno in Enum.GetValues<Errno>().Where(errno => errno is not (Errno.None or Errno.ERESTARTSYS)))
        {
            source.Equal(errno.ToString(), errno);
        }

        CCompiler.Accepts(source.ToString());
    }

    [CompilerFact]
    public void Every_signal_has_its_number()
    {
        var source = new AbiSource("signal.h");
        foreach (Signal signal in Enum.GetValues<Signal>().Where(signal => signal != Signal.None))
        {
            source.Equal(signal.ToString(), signal);
        }

        CCompiler.Accepts(source.ToString());
    }

    [CompilerFact]
    public void System_calls_without_a_wrapper_have_their_number() => CCompiler.Accepts(new AbiSource("sys/syscall.h")
        .Equal("SYS_pidfd_open", SystemCallNumber.SYS_pidfd_open)
        .Equal("SYS_pidfd_getfd", SystemCallNumber.SYS_pidfd_getfd)
        .Equal("SYS_gettid", SystemCallNumber.SYS_gettid)
        .Equal("SYS_sched_setattr", SystemCallNumber.SYS_sched_setattr)
        .Equal("SYS_sched_getattr", SystemCallNumber.SYS_sched_getattr)
        .Equal("SYS_seccomp", SystemCallNumber.SYS_seccomp)
        .Equal("SYS_rt_sigaction", SystemCallNumber.SYS_rt_sigaction)
        .ToString());

    [Fact]
    public void The_structs_of_the_listener_are_no_larger_than_this_kernels()
    {
        SeccompNotifSizes sizes = default;
        unsafe
        {
            Assert.Equal(0, Native.seccomp(Native.SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
        }

        Assert.True(sizes.SeccompNotif >= ManagedLayout.SizeOf(typeof(SeccompNotif)));
        Assert.Equal(ManagedLayout.SizeOf(typeof(SeccompNotifResp)), sizes.SeccompNotifResp);
        Assert.Equal(ManagedLayout.SizeOf(typeof(SeccompData)), sizes.SeccompData);
    }

    /// <summary>The value of a constant of Tmds.LibC, a number; null where it has none of that name.</summary>
    private static object? ValueInTmdsLibC(string name) => typeof(LibC).GetProperty(name)?.GetValue(null) switch
    {
        sa_family_t family => (int)family,
        var value => value,
    };

    /// <summary>What the product's source names of a class.</summary>
    private static SortedSet<string> UsedOf(string type)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SourceFolder(), "../../../src/Supervisor"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            names.UnionWith(Regex.Matches(File.ReadAllText(file), $@"\b{type}\.(\w+)").Select(match => match.Groups[1].Value));
        }

        return names;
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    /// <summary>The field, or the one behind a property.</summary>
    private static FieldInfo FieldOf(Type type, string member) => InstanceFields(type).Single(field =>
        field.Name == member || NameOf(field) == member || field.Name == $"_{member}"
        || (member, field.Name) is ("sa_handler", "__handler") or ("sival_ptr", "sigval_ptr"));

    private static FieldInfo[] InstanceFields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    /// <summary>The field's name, that of its property where the compiler made the field.</summary>
    private static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static bool IsCName(string name) => name.All(c => char.IsUpper(c) || char.IsDigit(c) || c == '_');
}
