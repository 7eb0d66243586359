using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>
/// Answers whoever connects to this supervisor's socket with one line, its <see cref="SupervisorStatus"/>, and closes the connection.
/// It reads nothing, and waits for nobody: a client can neither change anything nor hold it up. Only the supervisor's user and root
/// get an answer. Where no folder for the socket can be made, there is no status, and that is not an error.
/// </summary>
internal sealed unsafe class StatusServer(StatusSource source, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;
    private const int Backlog = 16;
    private const ushort OwnerReadsAndWrites = 0x180; // 0600
    private const int RetryMilliseconds = 1000;

    private readonly DescriptorHandle socket = StatusSocket.Open();
    private readonly string file = StatusFolder.FileOf(LibC.getpid());
    private StatusFolder? folder;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Errno error = Listen();
        if (error == Errno.None)
        {
            new Thread(Serve, StackSize) { IsBackground = true, Name = "status" }.Start();
        }
        else
        {
            logger.NoStatus(error.ToString());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        folder?.Remove(file);
        return Task.CompletedTask;
    }

    private Errno Listen()
    {
        Errno error = socket.IsInvalid ? Native.LastError : Errno.ENOENT;
        foreach (string path in socket.IsInvalid ? [] : StatusFolder.Own((uint)LibC.geteuid(), Environment.GetEnvironmentVariable))
        {
            if (StatusFolder.Make(path, out error) is not StatusFolder made)
            {
                continue;
            }

            error = Listen(made);
            if (error == Errno.None)
            {
                folder = made;
                return error;
            }

            made.Dispose();
        }

        return error;
    }

    private Errno Listen(StatusFolder made)
    {
        // The file gets the mode of the socket (unix_bind). It gets its name when it is listened to: until then it looks like one that
        // a supervisor has left.
        string early = $".{file}";
        made.Remove(early);
        if (LibC.fchmod(socket.Descriptor, OwnerReadsAndWrites) != 0)
        {
            return Native.LastError;
        }

        Errno error = StatusSocket.Bind(socket, made.At(early));
        if (error != Errno.None)
        {
            return error;
        }

        if (LibC.listen(socket.Descriptor, Backlog) != 0)
        {
            return Native.LastError;
        }

        if (Native.rename(made.At(early), made.At(file)) == 0)
        {
            return Errno.None;
        }

        error = Native.LastError;
        made.Remove(early);
        return error;
    }

    private void Serve()
    {
        while (true)
        {
            using var client = new DescriptorHandle(LibC.accept4(socket.Descriptor, null, null, Linux.SOCK_CLOEXEC));
            if (!client.IsInvalid)
            {
                Answer(client);
            }
            else if (Native.LastError is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
            {
                Thread.Sleep(RetryMilliseconds);
            }
            else if (Native.LastError is not (Errno.EINTR or Errno.ECONNABORTED))
            {
                logger.NoStatus(Native.LastError.ToString());
                return;
            }
        }
    }

    private void Answer(DescriptorHandle client)
    {
        if (StatusSocket.Peer(client) is not (_, var user) || (user != 0 && user != (uint)LibC.geteuid()))
        {
            return;
        }

        byte[] line = [.. StatusJson.Write(source.Now()), (byte)'\n'];
        fixed (byte* start = line)
        {
            // The buffer of a new connection has room for it.
            _ = LibC.send(client.Descriptor, start, (size_t)line.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
        }
    }
}
