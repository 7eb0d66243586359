using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Status;

/// <summary>
/// Asks the supervisors that run. What they answer may come from anybody who may write to a folder: process and user are the kernel's
/// word, the length is bounded, and an answer that takes long is not waited for.
/// </summary>
internal static unsafe class StatusQuery
{
    private const int MaximumAnswer = 256 * 1024;
    private const int PatienceSeconds = 1;
    private const int MaximumMilliseconds = 3000;

    /// <summary>Whoever may write to a folder could put any number of sockets there that do not answer.</summary>
    private const int MaximumMillisecondsOfFolder = 10_000;

    /// <summary>All supervisors that this user may ask, by their process ids. Sockets that a supervisor has left are removed.</summary>
    public static IReadOnlyList<SupervisorStatus> All(IEnumerable<string> folders)
    {
        var found = new SortedDictionary<int, SupervisorStatus>();
        uint user = (uint)LibC.geteuid();
        foreach (string path in folders)
        {
            using StatusFolder? folder = StatusFolder.Open(path);
            // Another user's folder tells root of that user's supervisors, and nobody else of anything.
            if (folder is null || (user != 0 && folder.Owner != user))
            {
                continue;
            }

            long end = Environment.TickCount64 + MaximumMillisecondsOfFolder;
            foreach (string file in folder.Files().TakeWhile(_ => Environment.TickCount64 < end))
            {
                if (Ask(folder, file) is SupervisorStatus status)
                {
                    found[status.Pid] = status;
                }
            }
        }

        return [.. found.Values];
    }

    private static SupervisorStatus? Ask(StatusFolder folder, string file)
    {
        using DescriptorHandle socket = StatusSocket.Open();
        StatusSocket.SetPatience(socket, PatienceSeconds);
        Errno error = StatusSocket.Connect(socket, folder.At(file));
        if (error == Errno.ECONNREFUSED)
        {
            folder.Remove(file);
        }

        if (error != Errno.None || StatusSocket.Peer(socket) is not (int pid, uint user))
        {
            return null;
        }

        // 0: a supervisor in a process namespace that is not below this one.
        return StatusJson.Read(Read(socket)) is SupervisorStatus status ? status with { Pid = pid == 0 ? status.Pid : pid, Uid = user } : null;
    }

    private static ReadOnlyMemory<byte> Read(DescriptorHandle socket)
    {
        byte[] answer = new byte[MaximumAnswer];
        int length = 0;
        long end = Environment.TickCount64 + MaximumMilliseconds;
        fixed (byte* start = answer)
        {
            while (length < answer.Length && Environment.TickCount64 < end)
            {
                nint more = (nint)(long)LibC.recv(socket.Descriptor, start + length, (size_t)(answer.Length - length), 0);
                if (more <= 0)
                {
                    break;
                }

                length += (int)more;
            }
        }

        return answer.AsMemory(0, length);
    }
}
