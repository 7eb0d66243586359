using System.Text;
using BindToInterface.Policy;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// What the supervisor itself tells the service manager (sd_notify(3)), if the unit sets BTI_NOTIFY_READY=1. Without that,
/// the messages are left to the program.
/// </summary>
internal sealed unsafe class ServiceManager
{
    private const string Variable = "BTI_NOTIFY_READY";

    private readonly byte[] sockaddr;
    private readonly ILogger logger;

    private ServiceManager(byte[] sockaddr, ILogger logger)
    {
        this.sockaddr = sockaddr;
        this.logger = logger;
    }

    /// <summary>The manager that the environment names; null where there is none, or where the program talks to it.</summary>
    /// <exception cref="StartException">The variable has another value.</exception>
    public static ServiceManager? FromEnvironment(ILogger logger) => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "0" => null,
        "1" => ServiceMessage.SockaddrOf(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")) is byte[] sockaddr ? new(sockaddr, logger) : null,
        string value => throw new StartException($"{Variable}: '{value}' is neither '1' nor '0', which are accepted".OneLine()),
    };

    /// <summary>The service is up.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A line for `systemctl status`.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    private void Send(string message)
    {
        using var socket = new DescriptorHandle(LibC.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
        byte[] text = Encoding.UTF8.GetBytes(message);
        fixed (byte* name = sockaddr, bytes = text)
        {
            var part = new iovec { iov_base = bytes, iov_len = (size_t)text.Length };
            var native = new msghdr { msg_name = name, msg_namelen = (uint)sockaddr.Length, msg_iov = &part, msg_iovlen = 1 };
            // All signals are blocked: nothing interrupts it.
            if (socket.IsInvalid || LibC.sendmsg(socket.Descriptor, &native, LibC.MSG_NOSIGNAL) < 0)
            {
                logger.ManagerNotTold(message.Split('\n')[0], Native.LastError.ToString());
            }
        }
    }
}
