using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>Duplicates of the descriptors that a message passes on, to be passed on in their place.</summary>
internal readonly ref struct PassedDescriptors : IDisposable
{
    private PassedDescriptors(ReadOnlySpan<int> descriptors) => Descriptors = descriptors;

    /// <summary>The duplicates.</summary>
    public ReadOnlySpan<int> Descriptors { get; }

    /// <summary>Duplicates descriptors; EBADF where the program has no such one.</summary>
    /// <param name="target">The program.</param>
    /// <param name="call">Its call.</param>
    /// <param name="theirs">The program's numbers.</param>
    /// <param name="room">Room for as many.</param>
    /// <param name="passed">To be disposed of in any case.</param>
    public static Errno Duplicate(TargetProcess target, in Notification call, scoped ReadOnlySpan<int> theirs, Span<int> room, out PassedDescriptors passed)
    {
        int count = 0;
        Errno error = Errno.None;
        foreach (int descriptor in theirs)
        {
            error = target.Duplicate(call, descriptor, out DuplicatedSocket duplicate);
            if (error != Errno.None)
            {
                break;
            }

            if (duplicate.Copy is not null)
            {
                // It belongs to whoever keeps the copy.
                int own = LibC.fcntl(duplicate.Descriptor, LibC.F_DUPFD_CLOEXEC, 0);
                error = own < 0 ? Native.LastError : Errno.None;
                duplicate.Dispose();
                if (error != Errno.None)
                {
                    break;
                }

                duplicate = new DuplicatedSocket(own);
            }

            room[count++] = duplicate.Descriptor;
        }

        passed = new(room[..count]);
        return error;
    }

    public void Dispose()
    {
        foreach (int descriptor in Descriptors)
        {
            _ = LibC.close(descriptor);
        }
    }
}
