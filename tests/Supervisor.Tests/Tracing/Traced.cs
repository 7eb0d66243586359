using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using BindToInterface.Supervisor.Logging;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Tracing;

namespace BindToInterface.Supervisor.Tests.Tracing;

/// <summary>Decisions and records as a connect of curl leads to them.</summary>
internal static class Traced
{
    public static readonly Endpoint Web = new(IpAddress.FromIPv4(0xc633_6401), 80);

    public static readonly Endpoint Local = new(IpAddress.FromIPv4(0x0a08_0002), 40_123);

    public static Verdict Bound { get; } = new(VerdictKind.Bind, Web) { Interface = "ovpn" };

    public static Verdict Refused { get; } = Bound.Refuse(Errno.ENETUNREACH, "no such device");

    public static Decision Decision(in Verdict verdict, DecisionKind kind = DecisionKind.Judged, string program = "curl", SystemCall call = SystemCall.Connect) =>
        new(kind, new Notification(1, 4711, call, AbiLayout.Bits64, default(SeccompData.Arguments)), verdict)
        {
            Type = 1,
            Protocol = 6,
            Caller = new Caller(program, 4711, ""),
        };

    public static TraceRecord Record(Decision decision, in CallResult result = default) => new(decision, result)
    {
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
    };
}
