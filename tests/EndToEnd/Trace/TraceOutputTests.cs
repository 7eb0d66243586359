namespace BindToInterface.EndToEnd;

/// <summary>Where the trace is written, and in which form.</summary>
[Collection(TraceCollection.Name)]
public sealed class TraceOutputTests(Lab lab) : LabTest(lab)
{
    private static string[] Talk() => [Programs.C("talk"), Internet.Web4, "7"];

    [LabTheory]
    [Everyone]
    public void Without_a_file_it_goes_to_standard_error_and_is_plain(Who who)
    {
        var result = Lab.Supervised(who, "--interface ovpn --trace", Talk()).Succeeds();

        string line = Assert.Single(result.ErrorLines);
        Assert.Matches(
            @"^\d\d:\d\d:\d\d\.\d\d\d talk\[\d+\] connect tcp 198\.51\.100\.1:7 bound ovpn from 10\.8\.0\.2:\d+ established after [\d.]+ ms$", line);
        Assert.Single(result.OutputLines);
    }

    [LabTheory]
    [Everyone]
    public void A_file_is_appended_to_and_standard_error_is_the_program_s(Who who)
    {
        using var scratch = new Scratch();
        string file = scratch.File("trace");
        string[] options = ["--interface ovpn", $"--trace={file}"];
        Assert.Equal("", Lab.Supervised(who, string.Join(' ', options), Talk()).Succeeds().Error);
        Assert.Equal("", Lab.Supervised(who, string.Join(' ', options), Talk()).Succeeds().Error);

        Assert.Equal(2, File.ReadAllLines(file).Length);
    }

    [LabTheory]
    [Everyone]
    public void A_file_that_cannot_be_written_is_an_error_before_the_program_starts(Who who) =>
        Assert.Contains("--trace", Lab.Supervised(who, "--interface ovpn --trace=/proc/nosuch/file", "echo", "started").ExitsWith(125).Error, StringComparison.Ordinal);

    [LabTheory]
    [Everyone("", "\e[32mbound ovpn\e[0m")]
    [Everyone("NO_COLOR=1", "  bound ovpn  ")]
    [Everyone("TERM=dumb", "  bound ovpn  ")]
    public void A_terminal_gets_colours_unless_the_user_wants_none(Who who, string variable, string verdict)
    {
        using var terminal = new Terminal(Lab, who, ["env", "TERM=xterm", .. variable.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. Lab.Supervise("--interface ovpn --trace", Talk())]);

        terminal.Expect(verdict);
    }

    [LabTheory]
    [Everyone]
    public void A_program_s_name_cannot_forge_a_line(Who who)
    {
        using var scratch = new Scratch();
        string program = scratch.File("e\e[31m\nx");
        File.Copy("/usr/bin/curl", program);

        var result = Lab.Supervised(who, "--interface ovpn --trace", program, "-sS", "-o", "/dev/null", Internet.WebUrl(Internet.Web4)).Succeeds();

        string line = Assert.Single(result.ErrorLines);
        Assert.DoesNotContain('\e', line);
        Assert.Contains("e?[31m?x[", line, StringComparison.Ordinal);
    }

    [LabTheory]
    [Everyone]
    public void Nothing_is_told_by_default(Who who) => Assert.Equal("", Lab.Bound(who, Talk()).Succeeds().Error);
}
