using BindToInterface.Supervisor.Seccomp;

namespace BindToInterface.Supervisor.Tests.Seccomp;

/// <summary>
/// What the filter has to decide on a call that its entry names, written a second time and without regard to
/// how a filter goes about it.
/// </summary>
internal static class FilterModel
{
    private static readonly int[] AllowedFamilies = [1, 2, 10, 16, 38];

    private static readonly (int Level, int[] Names)[] SocketOptions =
    [
        (1, [25, 62]),
        (0, [3, 4, 32, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50]),
        (6, [31]),
        (41, [6, 17, 20, 27, 32, 36, 42, 43, 44, 45, 46, 47, 48, 50, 57, 76]),
        (255, [36]),
        (132, [107, 110]),
    ];

    public static string Decide(FilterOptions options, SystemCall call, ulong[] arguments)
    {
        // What the kernel takes as an int is the lower half of its register.
        int[] ints = [.. arguments.Select(argument => unchecked((int)argument))];
        return call switch
        {
            SystemCall.Connect or SystemCall.Sendmsg or SystemCall.Sendmmsg => If(options.JudgesDestinations),
            SystemCall.Sendto => If(options.JudgesDestinations && arguments[4] != 0),
            SystemCall.Recvfrom => If(((options.RestoresDnsSource || options.ReadsNames) && arguments[4] != 0) || (options.ReadsNames && ints[2] == 1232)),
            SystemCall.Recvmsg or SystemCall.Recvmmsg => If(options.ReadsNames),
            SystemCall.Read => If(options.ReadsNames && ints[2] == 1232),
            SystemCall.Socketpair => options.BindsToInterface ? Told(options, DecideSocket(ints)) : Filters.Allow,
            SystemCall.Socket => !options.BindsToInterface ? If(options.KeepsCopies && ints[0] is 2 or 10)
                : IsMultipath(ints) ? Filters.Trap
                : DecideSocket(ints) is var decided && decided == Filters.Allow && (options.MakesSockets || options.KeepsCopies) && ints[0] is 2 or 10 ? Filters.Trap
                : Told(options, decided),
            SystemCall.Bind => If(options.KeepsCopies),
            SystemCall.Listen => If(options.KeepsCopies || (options.IsStrict && options.TakesSocketsElsewhere)),
            SystemCall.Setsockopt => If(options.BindsToInterface && SocketOptions.Any(o => o.Level == ints[1] && o.Names.Contains(ints[2]))),
            SystemCall.Getsockopt => If(
                (options.BindsToInterface && (ints[1], ints[2]) == (132, 111)) || (options.TellsResults && (ints[1], ints[2]) == (1, 4))),
            SystemCall.Socketcall => If(ints[0] switch
            {
                3 or 11 or 16 or 20 => options.JudgesDestinations,
                1 => options.BindsToInterface || options.KeepsCopies,
                2 => options.KeepsCopies,
                4 => options.KeepsCopies || (options.IsStrict && options.TakesSocketsElsewhere),
                8 or 14 => options.BindsToInterface,
                15 => options.BindsToInterface || options.TellsResults,
                12 => options.RestoresDnsSource || options.ReadsNames,
                17 or 19 => options.ReadsNames,
                _ => false,
            }),
            SystemCall.IoUringSetup or SystemCall.IoUringEnter or SystemCall.IoUringRegister =>
                options.JudgesDestinations ? Told(options, "ENOSYS") : Filters.Allow,
            SystemCall.Clone => options.IsStrict && (ints[0] & 0x10400) == 0x400 ? Told(options, "EPERM") : Filters.Allow,
            SystemCall.Clone3 => options.IsStrict ? Told(options, "ENOSYS") : Filters.Allow,
            SystemCall.RequestKey => options.BindsToInterface && arguments[2] != 0 ? Told(options, "ENOKEY") : Filters.Allow,
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, "a call that the model does not know"),
        };
    }

    private static bool IsMultipath(int[] ints) => ints[0] is 2 or 10 && (ints[1] & ~0x80800) == 1 && ints[2] == 262;

    private static string DecideSocket(int[] ints)
    {
        if (!AllowedFamilies.Contains(ints[0]))
        {
            return "EAFNOSUPPORT";
        }

        if (ints[0] is not (2 or 10))
        {
            return Filters.Allow;
        }

        int protocol = ints[2];
        bool? allowed = IsAllowed(ints);
        return (ints[1] & ~0x8080f) != 0 || (ints[1] & 0xf) > 10 ? "EINVAL"
            : (ints[1] & 0xf) == 10 ? "EAFNOSUPPORT"
            : protocol is < 0 or > 262 ? "EINVAL"
            : allowed is null ? "ESOCKTNOSUPPORT"
            : allowed.Value ? Filters.Allow
            : (ints[1] & 0xf) == 5 ? "ESOCKTNOSUPPORT"
            : "EPROTONOSUPPORT";
    }

    /// <summary>The supervisor gives the error where it is to be told of.</summary>
    private static string Told(FilterOptions options, string decision) => options.TellsRefusals && decision != Filters.Allow ? Filters.Trap : decision;

    /// <summary>Whether an IP socket may be of a protocol; null for a type that no IP socket has.</summary>
    private static bool? IsAllowed(int[] ints) => (ints[1] & 0xf) switch
    {
        1 => ints[2] is 0 or 6 or 132,
        2 => ints[2] is 0 or 1 or 17 or 58 or 136,
        3 => ints[2] is >= 0 and <= 255,
        5 => ints[2] is 0 or 132,
        _ => null,
    };

    private static string If(bool trapped) => trapped ? Filters.Trap : Filters.Allow;
}
