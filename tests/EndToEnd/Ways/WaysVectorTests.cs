namespace BindToInterface.EndToEnd;

/// <summary>sendmmsg: each message of the vector is judged by itself, and the count is the kernel's.</summary>
[Collection(WaysShapesCollection.Name)]
public sealed class WaysVectorTests(Lab lab) : WaysTest(lab)
{
    private static readonly string[] Addresses = [Internet.Web4, Internet.Web6, Mapped];

    [LabTheory]
    [Ways("sendmmsg-mixed")]
    [Ways("sendmmsg-mixed", By = [WaysDoor.Int80Socketcall, WaysDoor.Program32Socketcall])]
    public void Each_message_takes_its_own_way(Who who, WaysDoor door, string way)
    {
        const string lengths = "count 6 lengths 1,2,3,4,5,6 answers";

        foreach (var address in Addresses)
        {
            Send(who, door, way, address).Says($"{lengths} ovpn,ovpn,ovpn,ovpn,ovpn,ovpn\n");
            Lab.NothingLeftBy(Side.Lan0);

            Lab.Reset();
            var excluding = $"{Bound} --exclude {Other(address).Replace("::ffff:", "", StringComparison.Ordinal)}";
            Send(who, door, way, address, supervise: excluding).Says($"{lengths} ovpn,lan0,ovpn,lan0,ovpn,lan0\n");
            Assert.Equal((3, 3), (Lab.Packets(Side.Lan0), Lab.Packets(Side.Ovpn)));
            Lab.Reset();
        }
    }

    [LabTheory]
    [Ways("sendmmsg-bad-third")]
    public void What_precedes_a_message_that_fails_is_sent_and_counted(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            Send(who, door, way, address).Says("count 2 lengths 1,2,99,99 answers ovpn,ovpn,-,-\n");
        }

        Assert.Equal(6, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sendmmsg-second-names-device")]
    public void A_message_that_names_another_interface_ends_the_vector(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4, "--device lan0").Says("count 1 lengths 1,99,99 answers ovpn,-,-\n");
        Send(who, door, way, Internet.Web6, "--device lan0").Says("count 1 lengths 1,99,99 answers ovpn,-,-\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sendmmsg-first-names-device")]
    public void A_first_message_that_names_another_interface_is_refused(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4, "--device lan0").Says("sendmmsg EPERM\n");
        Send(who, door, way, Internet.Web6, "--device lan0").Says("sendmmsg EPERM\n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("sendmmsg-connected")]
    public void Messages_without_an_address_go_where_the_socket_is_connected(Who who, WaysDoor door, string way)
    {
        foreach (var address in Addresses)
        {
            Send(who, door, way, address).Says("count 3 lengths 1,2,3 answers -,-,-\n");
        }

        Assert.Equal(9, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Ways("sendmmsg-empty")]
    public void An_empty_vector_is_fine(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("count 0 lengths  answers \n");

        NothingLeft();
    }

    [LabTheory]
    [Ways("sendmmsg-too-many")]
    public void Of_too_many_messages_the_kernel_s_number_is_sent(Who who, WaysDoor door, string way)
    {
        Send(who, door, way, Internet.Web4).Says("count 1024\n");

        Assert.Equal(1024, Lab.Packets(Side.Ovpn));
        Lab.NothingLeftBy(Side.Lan0);
    }
}
