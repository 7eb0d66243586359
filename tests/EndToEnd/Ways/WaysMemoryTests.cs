namespace BindToInterface.EndToEnd;

/// <summary>Arguments that cannot be read or make no sense get the kernel's own answers, and send nothing.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysMemoryTests(Lab lab) : WaysTest(lab)
{
    [LabTheory]
    [Ways("unreadable-arguments", "odd-lengths")]
    [Ways("odd-lengths", By = [WaysDoor.Program32Socketcall])]
    public void It_is_answered_as_without_the_supervisor(Who who, WaysDoor door, string way)
    {
        foreach (var address in (string[])[Internet.Web4, Internet.Web6, Mapped])
        {
            var plain = SendPlain(who, door, way, address).Succeeds();
            Lab.Reset();

            Assert.Equal(plain.Output, Send(who, door, way, address).Succeeds().Output);
            Lab.NothingLeftBy(Side.Lan0);
        }
    }

    [LabTheory]
    [Ways("sendto-edge-too-long")]
    public void An_address_that_reaches_beyond_the_memory_is_EFAULT(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("sendto EFAULT\n");
        Send(who, door, way, Internet.Web6).Says("sendto EFAULT\n");

        NothingLeft();
    }
}
