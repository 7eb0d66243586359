using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Proc;

/// <summary>Effective capabilities (capabilities(7)), of the supervisor and of a target.</summary>
internal static unsafe class Capabilities
{
    /// <summary>To name any group, user and process as the sender of a message.</summary>
    public const int CapSetgid = 6, CapSetuid = 7, CapSysAdmin = 21;

    private const int CapNetAdmin = 12;
    private const int CapNetRaw = 13;
    private const ulong Network = 1UL << CapNetAdmin | 1UL << CapNetRaw;

    private static readonly ulong Ours = ProcessStatus.Of(LibC.getpid(), stackalloc byte[ProcessStatus.UsualLength]).Bits("CapEff"u8);
    private static readonly string? OurNamespace = UserNamespaceOf("self");

    /// <summary>Those of this process, a bit for each.</summary>
    public static ulong Effective => Ours;

    /// <summary>Reads those of this process, unless that was done. Later there may be no descriptor left for it.</summary>
    public static void Read() => _ = Ours;

    /// <summary>Whether this process has one.</summary>
    public static bool Has(int capability) => (Ours >> capability & 1) != 0;

    /// <summary>
    /// Takes from this thread, until <see cref="Restore"/>, the capabilities that control messages of a packet need (SO_MARK,
    /// header options), unless the target has them: the supervisor must not send for a program what the program may not
    /// send.
    /// </summary>
    /// <returns>Whether there is something to restore.</returns>
    public static bool LendNone(int tid)
    {
        if ((Ours & Network) == 0
            || ((ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]).Bits("CapEff"u8) & Network) == Network && UserNamespaceOf($"{tid}") == OurNamespace))
        {
            return false;
        }

        Set(Ours & ~Network);
        return true;
    }

    /// <summary>Gives this thread back what <see cref="LendNone"/> took.</summary>
    public static void Restore() => Set(Ours);

    /// <summary>Whether a process is in this process's user namespace, so that its capabilities mean the same.</summary>
    public static bool AreOfOurNamespace(int tid) => UserNamespaceOf($"{tid}") == OurNamespace;

    /// <summary>Sets those of this thread, which must be permitted to it.</summary>
    public static void Set(ulong effective)
    {
        // __user_cap_header_struct (version 3, this thread), and two of __user_cap_data_struct: effective, permitted, inheritable.
        uint* header = stackalloc uint[2] { Native._LINUX_CAPABILITY_VERSION_3, 0 };
        uint* data = stackalloc uint[6];
        if (Native.capget(header, data) == 0)
        {
            data[0] = (uint)effective;
            data[3] = (uint)(effective >> 32);
            _ = Native.capset(header, data);
        }
    }

    private static string? UserNamespaceOf(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/user").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
