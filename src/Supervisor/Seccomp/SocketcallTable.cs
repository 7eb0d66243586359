namespace BindToInterface.Supervisor.Seccomp;

/// <summary>socketcall(2): one entry of i386 for all calls on sockets (linux/net.h, SYS_…; nargs in net/socket.c).</summary>
internal static class SocketcallTable
{
    /// <summary>The calls that the filter knows: the first argument of socketcall, and how many arguments are read from memory.</summary>
    public static readonly IReadOnlyList<(SystemCall Call, uint Number, int Arguments)> Rows =
    [
        (SystemCall.Socket, 1, 3),
        (SystemCall.Bind, 2, 3),
        (SystemCall.Connect, 3, 3),
        (SystemCall.Listen, 4, 2),
        (SystemCall.Socketpair, 8, 4),
        (SystemCall.Sendto, 11, 6),
        (SystemCall.Recvfrom, 12, 6),
        (SystemCall.Setsockopt, 14, 5),
        (SystemCall.Getsockopt, 15, 5),
        (SystemCall.Sendmsg, 16, 3),
        (SystemCall.Recvmsg, 17, 3),
        (SystemCall.Recvmmsg, 19, 5),
        (SystemCall.Sendmmsg, 20, 4),
    ];

    /// <summary>The call that a socketcall stands for, and how many arguments it has; None and 0 for one that the filter does not know.</summary>
    public static (SystemCall Call, int Arguments) Find(uint number)
    {
        foreach ((SystemCall call, uint known, int arguments) in Rows)
        {
            if (known == number)
            {
                return (call, arguments);
            }
        }

        return (SystemCall.None, 0);
    }
}
