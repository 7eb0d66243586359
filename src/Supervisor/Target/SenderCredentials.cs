using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Proc;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// Who a message is from that the supervisor sends on a program's Unix socket: the program, as far as the supervisor may say so. Its
/// process id takes CAP_SYS_ADMIN; without that the other end sees the supervisor's.
/// </summary>
internal static class SenderCredentials
{
    /// <summary>Where Uid and Gid have the last id that a sender may name: real, effective, saved.</summary>
    private const int Saved = 2;

    /// <summary>The capabilities with which the supervisor says who the sender is.</summary>
    public const ulong Needed = 1UL << Capabilities.CapSetgid | 1UL << Capabilities.CapSetuid | 1UL << Capabilities.CapSysAdmin;

    /// <summary>Finds out what to send.</summary>
    /// <param name="tid">The thread that sends.</param>
    /// <param name="named">What the program says that it is; null for nothing.</param>
    /// <param name="sent">What to send; null to let the kernel write who the supervisor is.</param>
    /// <returns>EPERM if the program may not say that.</returns>
    public static Errno Find(int tid, UnixCredentials? named, out UnixCredentials? sent)
    {
        sent = null;
        if (named is null && (Capabilities.Effective & Needed) == 0)
        {
            // It has the program's user.
            return Errno.None;
        }

        ProcessStatus status = ProcessStatus.Of(tid, stackalloc byte[ProcessStatus.UsualLength]);
        Span<uint> users = stackalloc uint[4], groups = stackalloc uint[4], ids = stackalloc uint[32];
        int namespaces = Math.Min(status.List("NStgid"u8, ids), ids.Length);
        if (status.List("Uid"u8, users) != users.Length || status.List("Gid"u8, groups) != groups.Length || namespaces == 0)
        {
            return Errno.ESRCH;
        }

        var sender = new UnixCredentials((int)ids[0], users[0], groups[0]);
        // What a program in another user namespace calls a user is another one here.
        if (named is UnixCredentials said && Capabilities.AreOfOurNamespace(tid))
        {
            ulong capabilities = status.Bits("CapEff"u8);
            bool isOwnProcess = said.Process == (int)ids[namespaces - 1];
            if ((!isOwnProcess && (namespaces > 1 || !Has(capabilities, Capabilities.CapSysAdmin)))
                || (!users[..(Saved + 1)].Contains(said.User) && !Has(capabilities, Capabilities.CapSetuid))
                || (!groups[..(Saved + 1)].Contains(said.Group) && !Has(capabilities, Capabilities.CapSetgid)))
            {
                return Errno.EPERM;
            }

            sender = said with { Process = isOwnProcess ? sender.Process : said.Process };
        }

        if (!Capabilities.Has(Capabilities.CapSysAdmin))
        {
            sender = sender with { Process = LibC.getpid() };
        }

        bool mayName = (Capabilities.Has(Capabilities.CapSetuid) || sender.User == Identity.Ours.User)
            && (Capabilities.Has(Capabilities.CapSetgid) || sender.Group == Identity.Ours.Group);
        sent = mayName ? sender : null;
        return Errno.None;
    }

    private static bool Has(ulong capabilities, int capability) => (capabilities >> capability & 1) != 0;
}
