namespace BindToInterface.EndToEnd;

/// <summary>connect on IP sockets of every kind: bound, then carried out.</summary>
[Collection(Collections.Traffic)]
public sealed class ConnectTests(Lab lab) : LabTest(lab)
{
    private const string Mapped = $"::ffff:{Internet.Web4}";

    [LabTheory]
    [Everyone(Internet.Web4)]
    [Everyone(Internet.Web6)]
    [Everyone(Mapped)]
    public void Curl_leaves_by_the_interface(Who who, string address)
    {
        Lab.Bound(who, "curl", "-sS", Internet.WebUrl(address)).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("", Mapped)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("-n", Internet.Web6)]
    [Everyone("-n", Mapped)]
    [Everyone("-u", Internet.Web4)]
    [Everyone("-u", Internet.Web6)]
    [Everyone("-u", Mapped)]
    [Everyone("-un", Internet.Web4)]
    [Everyone("-un", Internet.Web6)]
    [Everyone("-un", Mapped)]
    public void Sockets_leave_by_the_interface_blocking_and_not(Who who, string options, string address)
    {
        Lab.Bound(who, [Programs.C("talk"), .. Words(options), address, "7"]).AnsweredBy(Side.Ovpn, address);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("", Internet.Web4)]
    [Everyone("-n", Internet.Web4)]
    [Everyone("", Internet.Web6)]
    [Everyone("-n", Internet.Web6)]
    public void A_refusal_by_the_far_end_is_the_program_s_to_see(Who who, string options, string address)
    {
        Assert.Equal("connect: ECONNREFUSED\n", Lab.Bound(who, [Programs.C("talk"), .. Words(options), address, "9"]).ExitsWith(1).Output);

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone(Internet.Web4, "10.8.0.3")]
    [Everyone(Internet.Web6, "fd00:8::3")]
    [Everyone(Mapped, "10.8.0.3")]
    public void A_source_address_is_what_the_far_end_sees(Who who, string address, string source)
    {
        string[] curl = ["curl", "-sS", Internet.WebUrl(address)];
        Lab.Supervised(who, $"--interface ovpn --source-ip {source}", curl).Says($"ovpn {source}\n");
        Lab.Supervised(who, "--interface ovpn --source-ip 10.8.0.3,fd00:8::3", curl).Says($"ovpn {source}\n");

        var answer = Lab.Supervised(who, $"--interface ovpn --source-ip {source}", Programs.C("talk"), "-u", address, "7").Succeeds().Output;
        Assert.StartsWith($"ovpn {source} ", answer, StringComparison.Ordinal);

        Lab.NothingLeftBy(Side.Lan0);
    }

    /// <summary>dig binds its sockets to port 0 before it connects them, and has the kernel choose the port then.</summary>
    [LabTheory]
    [Everyone(Internet.Override4)]
    [Everyone(Internet.Override6)]
    public void A_source_address_is_given_to_a_socket_whose_port_was_chosen_before(Who who, string server)
    {
        Lab.Supervised(who, "--interface ovpn --source-ip 10.8.0.3,fd00:8::3", "dig", "+short", $"@{server}", "side.test")
            .Says(Internet.Answer4(Side.Ovpn, server, 53) + "\n");

        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone("127.0.0.1")]
    [Everyone("::1")]
    [Everyone("::ffff:127.0.0.1")]
    public void Loopback_is_not_reached_by_the_interface(Who who, string address)
    {
        Assert.Equal("connect: ENETUNREACH\n", Lab.Bound(who, Programs.C("talk"), address, "7").ExitsWith(1).Output);
        Assert.Equal("connect: ENETUNREACH\n", Lab.Bound(who, Programs.C("talk"), "-u", address, "7").ExitsWith(1).Output);

        Lab.NothingLeftBy(Side.Lan0);
        Lab.NothingLeftBy(Side.Ovpn);
    }

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
