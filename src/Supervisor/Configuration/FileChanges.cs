using System.Diagnostics;
using System.Text;
using BindToInterface.Policy;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// Tells when a file may have changed (inotify(7)): written, replaced, removed, made anew, given other permissions. Its folder is
/// watched, since editors replace files; where the file is a link, the folder of what it leads to as well; and where a folder is
/// not there, the one above it.
/// </summary>
internal sealed unsafe class FileChanges(string path) : IDisposable
{
    private const uint Events = Native.IN_ATTRIB | Native.IN_CLOSE_WRITE | Native.IN_MOVED_FROM | Native.IN_MOVED_TO | Native.IN_CREATE
        | Native.IN_DELETE | Native.IN_DELETE_SELF | Native.IN_MOVE_SELF;

    /// <summary>An editor takes several steps. They are over when nothing has happened for this long, or it is looked in between.</summary>
    private const int QuietMilliseconds = 50, LongestMilliseconds = 1000;

    private readonly DescriptorHandle inotify = new(Native.inotify_init1(Native.IN_CLOEXEC | Native.IN_NONBLOCK));
    private readonly Errno opened = Native.LastError;

    /// <summary>Watches from now on. To be called again after each change, as folders may be others then.</summary>
    public Errno Watch()
    {
        if (inotify.IsInvalid)
        {
            return opened;
        }

        Errno error = WatchFolderOf(path);
        return error == Errno.None && ProfileFile.TargetOf(path) is string target ? WatchFolderOf(target) : error;
    }

    /// <summary>Waits until something has happened in the folders. What, is not told.</summary>
    public Errno Wait()
    {
        Errno error = Read(milliseconds: -1);
        for (var watch = Stopwatch.StartNew(); error == Errno.None && watch.ElapsedMilliseconds < LongestMilliseconds;)
        {
            error = Read(QuietMilliseconds);
        }

        return error == Errno.EAGAIN ? Errno.None : error;
    }

    public void Dispose() => inotify.Dispose();

    private Errno WatchFolderOf(string file)
    {
        string folder = DeepestFolderOf(file);
        while (true)
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(folder + '\0'))
            {
                if (Native.inotify_add_watch(inotify.Descriptor, name, Events) < 0 && Native.LastError is not (Errno.ENOENT or Errno.ENOTDIR))
                {
                    return Native.LastError;
                }
            }

            // A folder that was made meanwhile has not been told of.
            string now = DeepestFolderOf(file);
            if (now == folder)
            {
                return Errno.None;
            }

            folder = now;
        }
    }

    /// <summary>The folder of a file, or the closest one above it that exists.</summary>
    private static string DeepestFolderOf(string file)
    {
        string? folder = Path.GetDirectoryName(file);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? "/";
    }

    /// <summary>Takes what has happened; EAGAIN where the time is over.</summary>
    private Errno Read(int milliseconds)
    {
        const int Size = 8192;
        byte* events = stackalloc byte[Size];
        var readable = new pollfd { fd = inotify.Descriptor, events = LibC.POLLIN };
        int ready = Native.poll(&readable, 1, milliseconds);
        return ready == 0 ? Errno.EAGAIN
            : (ready < 0 || LibC.read(inotify.Descriptor, events, Size) < 0) && Native.LastError is var error and not (Errno.EINTR or Errno.EAGAIN) ? error
            : Errno.None;
    }
}
