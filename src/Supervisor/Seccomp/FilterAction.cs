using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>What a rule does with a call.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Error">The errno of <see cref="FilterActionKind.Fail"/>, and of a refusal that is told.</param>
/// <param name="Handler">Who answers in the case of <see cref="FilterActionKind.Notify"/>.</param>
internal readonly record struct FilterAction(FilterActionKind Kind, Errno Error, CallHandler Handler)
{
    public static readonly FilterAction Allow = new(FilterActionKind.Allow, Errno.None, CallHandler.None);

    /// <summary>What the filter returns (linux/seccomp.h).</summary>
    public uint ReturnValue => Kind switch
    {
        FilterActionKind.Allow => Native.SECCOMP_RET_ALLOW,
        FilterActionKind.Fail => Native.SECCOMP_RET_ERRNO | (uint)Error,
        _ => Native.SECCOMP_RET_USER_NOTIF,
    };

    public static FilterAction Fail(Errno error) => new(FilterActionKind.Fail, error, CallHandler.None);

    /// <summary>The same error, given by the supervisor, which then knows of the call.</summary>
    public FilterAction Told => Kind == FilterActionKind.Fail ? new(FilterActionKind.Notify, Error, CallHandler.Refusal) : this;

    public static FilterAction Notify(CallHandler handler) => new(FilterActionKind.Notify, Errno.None, handler);

    public override string ToString() => Kind switch
    {
        FilterActionKind.Allow => "allow",
        FilterActionKind.Fail => Error.ToString(),
        _ => Error == Errno.None ? $"notify {Handler}" : $"notify {Handler} {Error}",
    };
}
