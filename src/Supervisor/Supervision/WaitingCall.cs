using BindToInterface.Supervisor.Handlers;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Sockets;

namespace BindToInterface.Supervisor.Supervision;

/// <summary>A call that waits for its socket. The duplicate is kept for that, and closed before the call is answered.</summary>
internal sealed class WaitingCall(in WaitRequest request) : IDisposable
{
    public WaitRequest Request { get; set; } = request;

    public Notification Call => Request.Call;

    /// <summary>The duplicate; null before the call has begun to wait.</summary>
    public DuplicatedSocket? Socket { get; set; }

    /// <summary>When the socket's timeout is over (Environment.TickCount64); null for none.</summary>
    public long? Deadline { get; set; }

    /// <summary>When the call is given back to the kernel, which then waits itself; null for never.</summary>
    public long? HeldUntil { get; set; }

    /// <summary>When to look for signals next.</summary>
    public long NextLook { get; set; }

    public int LookInterval { get; set; }

    /// <summary>Whether a signal for the process was pending at the last look.</summary>
    public bool WasPending { get; set; }

    /// <summary>The tracer that the thread had at the first look; 0 for none.</summary>
    public int? Tracer { get; set; }

    public void Dispose()
    {
        Socket?.Dispose();
        Socket = null;
    }
}
