using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Target;

/// <summary>
/// This thread acts as a program does: with its user, group and groups, and where that is asked for with its capabilities, until this
/// is disposed of. A supervisor without capabilities has the program's user, and no more rights than the program.
/// </summary>
internal readonly ref struct Impersonation
{
    private readonly bool isOther, isChanged;

    private Impersonation(bool isOther)
    {
        this.isOther = isOther;
        isChanged = true;
    }

    /// <summary>Begins to act as the thread does that made a call.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="takesCapabilities">Whether its capabilities count, too. Those that it has in another user namespace do not.</param>
    /// <param name="acting">To be disposed of in any case.</param>
    /// <param name="failed">What failed.</param>
    /// <param name="kept">Capabilities that this thread keeps, whatever the program has.</param>
    public static Errno Begin(int tid, bool takesCapabilities, out Impersonation acting, out string? failed, ulong kept = 0)
    {
        acting = default;
        failed = null;
        if (Capabilities.Effective == 0)
        {
            return Errno.None;
        }

        Errno error = Identity.Read(tid, out Identity program);
        if (error != Errno.None)
        {
            failed = "reading its user";
            return error;
        }

        ulong effective = !takesCapabilities ? Capabilities.Effective
            : Capabilities.AreOfOurNamespace(tid) ? Capabilities.Effective & (program.Capabilities | kept)
            : Capabilities.Effective & kept;
        bool isOther = !program.IsSameUser(Identity.Ours);
        if (!isOther && effective == Capabilities.Effective)
        {
            return Errno.None;
        }

        acting = new Impersonation(isOther);
        error = isOther ? TakeOn(program) : Errno.None;
        if (error != Errno.None)
        {
            failed = "taking on its user";
            return error;
        }

        // Another user has changed this thread's capabilities, too.
        Capabilities.Set(effective);
        return Errno.None;
    }

    /// <summary>Gives this thread back what it had. If that cannot be, it would act for other programs as a wrong user.</summary>
    public unsafe void Dispose()
    {
        if (!isChanged)
        {
            return;
        }

        if (isOther)
        {
            Identity ours = Identity.Ours;
            bool isUser = Native.sys_setresuid(-1, (int)ours.User, -1) == 0;
            Capabilities.Restore();
            fixed (uint* groups = ours.Groups)
            {
                if (!isUser || Native.sys_setresgid(-1, (int)ours.Group, -1) != 0 || Native.sys_setgroups(ours.Groups.Length, groups) != 0)
                {
                    throw new StartException($"setresuid: {Native.LastError}: a thread cannot become the supervisor's user again");
                }
            }
        }

        Capabilities.Restore();
    }

    private static unsafe Errno TakeOn(in Identity program)
    {
        fixed (uint* groups = program.Groups)
        {
            return Native.sys_setgroups(program.Groups.Length, groups) == 0 && Native.sys_setresgid(-1, (int)program.Group, -1) == 0
                && Native.sys_setresuid(-1, (int)program.User, -1) == 0
                ? Errno.None
                : Native.LastError;
        }
    }
}
