using System.Globalization;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Proc;
using BindToInterface.Supervisor.Sockets;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Tracing;

/// <summary>The process at the other end of a Unix socket.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Process">Its process id.</param>
internal sealed record UnixPeer(string Program, int Process)
{
    /// <summary>A chain of parents this long is none.</summary>
    private const int MaximumDepth = 10_000;

    /// <summary>Who listens at the other end of a socket, as the kernel noted it when that process began to listen; null where the kernel does not tell (datagrams, another pid namespace).</summary>
    public static unsafe UnixPeer? Of(in DuplicatedSocket socket)
    {
        // struct ucred: pid, uid, gid.
        int* credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        if (LibC.getsockopt(socket.Descriptor, Linux.SOL_SOCKET, LibC.SO_PEERCRED, credentials, (socklen_t*)&length) != 0 || credentials[0] <= 0)
        {
            return null;
        }

        return Of(credentials[0]);
    }

    /// <summary>A process by its id.</summary>
    public static UnixPeer Of(int process) => new(NameOf(process), process);

    /// <summary>Whether it is a descendant of the supervisor, or the supervisor itself: what it sends is judged as well.</summary>
    public bool IsSupervised
    {
        get
        {
            int self = LibC.getpid(), each = Process;
            Span<byte> room = stackalloc byte[ProcessStatus.UsualLength];
            for (int depth = 0; each > 0 && depth < MaximumDepth; depth++)
            {
                if (each == self)
                {
                    return true;
                }

                each = ProcessStatus.Of(each, room).Number("PPid"u8) ?? 0;
            }

            return false;
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).TrimEnd('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
