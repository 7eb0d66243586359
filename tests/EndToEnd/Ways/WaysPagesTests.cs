namespace BindToInterface.EndToEnd;

/// <summary>Memory that the kernel reads for a program, and that no other process may read: a send from it is sent as ever.</summary>
[Collection(WaysCollection.Name)]
public sealed class WaysPagesTests(Lab lab) : WaysTest(lab)
{
    [LabTheory]
    [Ways("pages-write-only", "pages-execute-only", "pages-time-values")]
    public void It_is_sent_as_without_the_supervisor(Who who, WaysDoor door, string way) => IsSentAsPlain(who, door, way);

    [LabTheory]
    [Ways("pages-perf-ring")]
    public void A_perf_ring_is_sent_as_without_the_supervisor(Who who, WaysDoor door, string way) => IsSentAsPlain(who, door, way);

    [LabTheory]
    [Ways("sendto-compat-flag")]
    public void The_flag_of_32_bit_structures_means_nothing(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6, Mapped])
        {
            SendPlain(who, door, way, address).AnsweredBy(Side.Lan0, address);
            Lab.Reset();

            Send(who, door, way, address).AnsweredBy(Side.Ovpn, address);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    private void IsSentAsPlain(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6])
        {
            var plain = SendPlain(who, door, way, address).Succeeds();
            Assert.Contains(" back\n", plain.Output, StringComparison.Ordinal);
            Lab.Reset();

            Assert.Equal(plain.Output, Send(who, door, way, address).Succeeds().Output);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }
}
