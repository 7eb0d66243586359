using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>One notification, decoded: who calls what, by which entry.</summary>
/// <param name="Id">The notification's id, valid until it is answered or the target is gone.</param>
/// <param name="Tid">The calling thread.</param>
/// <param name="SystemCall">The call.</param>
/// <param name="Layout">The layout of the structures in the target's memory.</param>
/// <param name="Args">The arguments; 32-bit ones are zero-extended.</param>
internal readonly record struct Notification(
    ulong Id, int Tid, SystemCall SystemCall, AbiLayout Layout, SeccompData.Arguments Args)
{
    /// <summary>
    /// How much is done, where the call is taken up again after it had to wait: messages of a sendmmsg, bytes of another send on a stream.
    /// </summary>
    public int Done { get; init; }

    /// <summary>Whether the arguments are in memory (socketcall), and so may be others when the kernel reads them.</summary>
    public bool HasArgumentsInMemory { get; init; }

    private static readonly SyscallTable[] Tables = [.. SyscallTable.OfThisMachine];

    /// <summary>Decodes a notification by the table of its architecture.</summary>
    public static Notification Decode(in SeccompNotif notification)
    {
        foreach (SyscallTable table in Tables)
        {
            if (table.AuditArch == notification.Data.Arch)
            {
                return new(notification.Id, notification.Pid, table[notification.Data.Nr], table.Layout, notification.Data.Args);
            }
        }

        return new(notification.Id, notification.Pid, SystemCall.None, AbiLayout.Bits64, notification.Data.Args);
    }

    /// <summary>
    /// Whether a call that goes on may be another one by the time that the kernel carries it out: another thread of the program may put
    /// another socket under its number, or its arguments are in memory. That takes a look at /proc.
    /// </summary>
    public bool MayChange() => HasArgumentsInMemory || ThreadGroup.HasOthers(Tid);

    /// <summary>An int argument: the kernel ignores the register's upper half.</summary>
    public int Int(int index) => (int)Args[index];

    /// <summary>A pointer or a size_t.</summary>
    public ulong Word(int index) => Args[index];
}
