using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace BindToInterface.EndToEnd;

/// <summary>
/// While one program does what is much work for the supervisor, or what it would have to wait for, the connects of
/// another program below the same supervisor go on.
/// </summary>
[Collection(HeldCollection.Name)]
public sealed partial class HeldMeanwhileTests(Lab lab, ITestOutputHelper report) : LabTest(lab)
{
    /// <summary>Twenty is what it should take; a busy machine may need longer. A supervisor that waits takes all the time there is.</summary>
    private const int MostMilliseconds = 500;

    /// <summary>On ovpn's network, and nobody's: what is sent there waits for an answer to ARP.</summary>
    private const string Nobody = "10.8.0.77";

    [RootFact]
    public void A_connect_that_is_made_to_wait_after_all() =>
        OthersGoOn("nonblocking", Internet.Silent4, 9, $"--exclude {Internet.Silent4}", milliseconds: 3000);

    [RootFact]
    public void Vectors_of_large_datagrams_in_many_threads() => OthersGoOnWithWork("large-vectors");

    [RootFact]
    public void Vectors_with_many_control_messages_in_many_threads() => OthersGoOnWithWork("controls");

    [RootFact]
    public void A_send_that_sleeps_with_its_socket_s_lock() => OthersGoOn("corked", Nobody, 9);

    [RootFact]
    public void A_close_that_lingers_while_an_option_is_set()
    {
        // Its connections outlive their program, for longer than a later test should wait for them.
        using var own = new Lab();
        OthersGoOn("linger", Internet.Web4, 80, lab: own);
    }

    [HeldFact]
    public void A_connect_on_a_file_that_is_slow_to_close() => OthersGoOn("slow-descriptor");

    [HeldFact]
    public void An_address_on_a_slow_page_of_a_file() => OthersGoOn("slow-file");

    [HeldFact]
    public void A_hundred_calls_with_an_address_on_a_slow_page() => OthersGoOn("slow-file-often");

    [HeldFact]
    public void Long_vectors_with_an_address_on_a_slow_page_hold_up_no_other_long_vector() => OthersGoOn("slow-vectors");

    [HeldFact]
    public void Every_kind_of_call_with_something_on_a_slow_page() => OthersGoOn("slow-file-everywhere");

    [RootFact(KernelFeature.Userfault)]
    public void An_address_on_a_page_that_the_program_itself_brings() => OthersGoOn("fault", asUser: false);

    /// <summary>What keeps the processors busy as well.</summary>
    private void OthersGoOnWithWork(string row) => OthersGoOn(row, Internet.Silent4, 9, milliseconds: 3000, plainMilliseconds: 1);

    private void OthersGoOn(
        string row, string address = Internet.Web4, int port = Internet.Echo, string options = "", bool asUser = true, Lab? lab = null,
        int milliseconds = 1500, int plainMilliseconds = 200)
    {
        lab ??= Lab;
        string[] user = asUser ? HeldProgram.AsUser : [];
        string[] Words(int duration) => [.. user, .. HeldProgram.Words("meanwhile", row, $"{duration}", address, $"{port}")];
        string[] Staged(string[] words) => row.StartsWith("slow", StringComparison.Ordinal) ? HeldProgram.Stage(["stage", .. words]) : words;
        var plain = Longest(lab.Run(Who.Root, Staged(Words(plainMilliseconds))));
        var supervised = Longest(lab.Run(Who.Root, Staged(Lab.Supervise($"--interface ovpn {options}", Words(milliseconds)))));

        report.WriteLine($"{row}: the longest connect of another program took {supervised} ms, without the supervisor {plain} ms");
        Assert.True(supervised < MostMilliseconds, $"another program's connect took {supervised} ms (without the supervisor {plain} ms)");
    }

    private static int Longest(Result result)
    {
        var match = Line().Match(result.Succeeds().Output);
        Assert.True(match.Success, $"no figure in {result}");
        Assert.True(match.Groups[2].Value == "0", $"connects failed of {result}");
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^longest (\d+) of \d+, (\d+) failed, parent \d+\n$")]
    private static partial Regex Line();
}
