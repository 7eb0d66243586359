using System.Reflection;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>Every struct and constant of Interop against the C headers of this machine.</summary>
public sealed class AbiTests
{
    private static readonly string[] Headers =
    [
        "errno.h", "fcntl.h", "ifaddrs.h", "poll.h", "signal.h", "spawn.h", "termios.h", "net/if.h", "netinet/in.h", "sys/ioctl.h", "sys/prctl.h",
        "sys/epoll.h", "sys/eventfd.h", "sys/resource.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "netinet/tcp.h", "sys/uio.h", "sys/wait.h", "linux/audit.h", "linux/capability.h", "linux/filter.h", "linux/rtnetlink.h", "linux/sched/types.h",
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
        IEnumerable<Type> structs = typeof(Libc).Assembly.GetTypes().Where(type =>
            type.IsValueType && !type.IsEnum && !type.IsNested && type.Namespace == typeof(Libc).Namespace);

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

        FieldInfo[] constants = [.. typeof(Libc).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral && IsCName(field.Name))];
        Assert.True(constants.Length > 80, $"only {constants.Length} constants");
        foreach (FieldInfo constant in constants)
        {
            source.Equal(constant.Name, constant.GetRawConstantValue()!);
        }

        CCompiler.Accepts(source.ToString());
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
        .Equal("SYS_pidfd_open", SystemCallNumber.PidfdOpen)
        .Equal("SYS_pidfd_getfd", SystemCallNumber.PidfdGetfd)
        .Equal("SYS_gettid", SystemCallNumber.Gettid)
        .Equal("SYS_sched_setattr", SystemCallNumber.SchedSetattr)
        .Equal("SYS_sched_getattr", SystemCallNumber.SchedGetattr)
        .Equal("SYS_seccomp", SystemCallNumber.Seccomp)
        .ToString());

    [Fact]
    public void The_structs_of_the_listener_are_no_larger_than_this_kernels()
    {
        SeccompNotifSizes sizes = default;
        unsafe
        {
            Assert.Equal(0, Libc.seccomp(Libc.SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
        }

        Assert.True(sizes.SeccompNotif >= ManagedLayout.SizeOf(typeof(SeccompNotif)));
        Assert.Equal(ManagedLayout.SizeOf(typeof(SeccompNotifResp)), sizes.SeccompNotifResp);
        Assert.Equal(ManagedLayout.SizeOf(typeof(SeccompData)), sizes.SeccompData);
    }

    private static FieldInfo[] InstanceFields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    /// <summary>The field's name, that of its property where the compiler made the field.</summary>
    private static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static bool IsCName(string name) => name.All(c => char.IsUpper(c) || char.IsDigit(c) || c == '_');
}
