namespace BindToInterface.EndToEnd;

/// <summary>
/// A class of tests where destinations leave by two interfaces: all by ovpn, which is not the default route, but
/// <see cref="Internet.OtherWeb4"/> and <see cref="Internet.OtherWeb6"/> by lan0.
/// </summary>
public abstract class RoutesTest(Lab lab) : LabTest(lab)
{
    protected const string Two = $"--interface ovpn --route {Internet.OtherWeb4}=lan0 --route {Internet.OtherWeb6}=lan0";
    protected const string Mapped = $"::ffff:{Internet.Web4}";
    protected const string OtherMapped = $"::ffff:{Internet.OtherWeb4}";
    protected const string ByOvpn4 = "ovpn 10.8.0.2\n", ByOvpn6 = "ovpn fd00:8::2\n";
    protected const string ByLan4 = "lan0 192.168.77.2\n", ByLan6 = "lan0 fd00:77::2\n";

    /// <summary>Uses one socket below the supervisor. The words are those of tests/programs/several.c.</summary>
    protected Result Several(Who who, string options, string steps) =>
        Lab.Supervised(who, options, [Programs.C("several"), .. steps.Split(' ')]);
}
