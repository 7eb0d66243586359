namespace BindToInterface.Supervisor.Interop;

/// <summary>struct sched_attr (linux/sched/types.h), SCHED_ATTR_SIZE_VER1.</summary>
internal struct SchedAttr
{
    public uint Size;
    public uint Policy;
    public ulong Flags;
    public int Nice;
    public uint Priority;

    /// <summary>Nanoseconds. Of an ordinary thread: its time slice, since Linux 6.12; from 0.1 to 100 ms.</summary>
    public ulong Runtime;

    public ulong Deadline;
    public ulong Period;
    public uint UtilMin;
    public uint UtilMax;
}
