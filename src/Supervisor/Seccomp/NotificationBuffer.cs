using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Interop;

namespace BindToInterface.Supervisor.Seccomp;

/// <summary>Native memory for a struct seccomp_notif of this kernel's size.</summary>
internal sealed unsafe class NotificationBuffer(nuint size) : IDisposable
{
    public SeccompNotif* Notification { get; } = (SeccompNotif*)NativeMemory.AllocZeroed(size);

    public void Clear() => NativeMemory.Clear(Notification, size);

    public void Dispose() => NativeMemory.Free(Notification);
}
