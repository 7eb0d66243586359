using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

/// <summary>What supervisors may answer.</summary>
internal static class Statuses
{
    public static readonly DateTimeOffset Since = new(new DateTime(2026, 11, 26, 4, 33, 0, DateTimeKind.Local));

    public static readonly SupervisorStatus Curl = new()
    {
        Pid = 4711,
        Uid = 1000,
        Program = "curl",
        ProgramPid = 4712,
        Interface = "ovpn",
        State = "up",
        Since = Since,
        Counts = new(41, 3, 0, 2, 0, 5),
        Interfaces = [new("ovpn", "up", 41, 2)],
    };

    public static readonly SupervisorStatus Shell = new() { Pid = 99, Uid = 0, Program = "ba\u001b[31msh\nx", ProgramPid = 100, Since = Since, Counts = new(0, 0, 1234567, 0, 0, 0) };
}
