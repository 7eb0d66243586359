using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Configuration;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("--", "")]
    [InlineData("-v", "")]
    [InlineData("-i ovpn", "")]
    [InlineData("curl", "curl")]
    [InlineData("curl -v --interface lan0 -x 10. -h", "curl -v --interface lan0 -x 10. -h")]
    [InlineData("-i ovpn curl -i http://x", "curl -i http://x")]
    [InlineData("--interface ovpn curl --version", "curl --version")]
    [InlineData("--interface=ovpn curl", "curl")]
    [InlineData("-iovpn curl", "curl")]
    [InlineData("-i=ovpn curl", "curl")]
    [InlineData("-vi ovpn curl", "curl")]
    [InlineData("-vviovpn curl", "curl")]
    [InlineData("-v true", "true")]
    [InlineData("-vq false", "false")]
    [InlineData("--verbose true", "true")]
    [InlineData("--exit-with-program true", "true")]
    [InlineData("-x 10. 192.168.0.1", "192.168.0.1")]
    [InlineData("-x 10. -x 11. curl -x proxy", "curl -x proxy")]
    [InlineData("-- curl", "curl")]
    [InlineData("-- -v", "-v")]
    [InlineData("-- --", "--")]
    [InlineData("-i ovpn -- curl -- x", "curl -- x")]
    [InlineData("-i ovpn curl -- -d x", "curl -- -d x")]
    [InlineData("-", "-")]
    [InlineData("-v - -i", "- -i")]
    [InlineData("-- @file -v", "@file -v")]
    [InlineData("@file -v curl", "curl")]
    [InlineData("-v @file curl @other", "curl @other")]
    [InlineData("-v [diagram] x", "[diagram] x")]
    [InlineData("--trace curl", "curl")]
    [InlineData("--trace=/tmp/file curl", "curl")]
    [InlineData("--summary --trace -i ovpn curl", "curl")]
    [InlineData("-d 8.8.8.8 --dns-port 53 --source-ip 10.8.0.2 --resolver-daemons allow --log-level none --log-format json --log-file f p -q", "p -q")]
    public void Options_end_at_the_first_word_that_is_not_one(string line, string program)
    {
        string[] words = Given.Words(line);
        int count = CommandLine.Parse(words).ProgramWords;

        Assert.Equal(program, string.Join(' ', words[^count..]));
    }

    [Fact]
    public void An_empty_word_is_the_program() => Assert.Equal(2, CommandLine.Parse(["-v", "", "-i"]).ProgramWords);

    [Theory]
    [InlineData("-i ovpn curl -i lan0")]
    [InlineData("-i ovpn curl --interface=lan0 --dns 8.8.8.8 --exclude 10. -q --log-level none")]
    [InlineData("-i ovpn -- curl --nonsense")]
    [InlineData("-i ovpn -- --dns 8.8.8.8")]
    public void The_programs_options_are_never_read_as_ours(string line) =>
        Assert.Equal([("interface", "ovpn")], Given.Values(Given.Words(line)));

    [Theory]
    [InlineData("-i ovpn", "interface", "ovpn")]
    [InlineData("-iovpn", "interface", "ovpn")]
    [InlineData("-i=ovpn", "interface", "ovpn")]
    [InlineData("--interface ovpn", "interface", "ovpn")]
    [InlineData("--interface=ovpn", "interface", "ovpn")]
    [InlineData("-i @file", "interface", "@file")]
    [InlineData("-d 8.8.8.8", "dns", "8.8.8.8")]
    [InlineData("--dns 2001:db8::1", "dns", "2001:db8::1")]
    [InlineData("--dns=2001:db8::1", "dns", "2001:db8::1")]
    [InlineData("--dns [2001:db8::1]:53,8.8.8.8:5353", "dns", "[2001:db8::1]:53,8.8.8.8:5353")]
    [InlineData("-d [2001:db8::1]:53", "dns", "[2001:db8::1]:53")]
    [InlineData("--dns-port 5353", "dns-port", "5353")]
    [InlineData("--source-ip fd00::2", "source-ip", "fd00::2")]
    [InlineData("-x 10.", "exclude", "10.")]
    [InlineData("-x=10.", "exclude", "10.")]
    [InlineData("-x ::1", "exclude", "::1")]
    [InlineData("--exclude=2001:db8::/32", "exclude", "2001:db8::/32")]
    [InlineData("-x 10. --exclude 11.,loopback -x 12.", "exclude", "10.,11.,loopback,12.")]
    [InlineData("--resolver-daemons allow", "resolver-daemons", "allow")]
    [InlineData("--log-format json", "log-format", "json")]
    [InlineData("--log-file a/b.log", "log-file", "a/b.log")]
    [InlineData("--log-level debug", "log-level", "debug")]
    [InlineData("--log-file -", "log-file", "-")]
    [InlineData("--log-file -vlog", "log-file", "-vlog")]
    [InlineData("-vv", "verbose", "2")]
    [InlineData("-v --verbose -v", "verbose", "3")]
    [InlineData("--exit-with-program", "exit-with-program", "1")]
    [InlineData("--require-interface", "require-interface", "1")]
    [InlineData("--require-interface --require-interface", "require-interface", "1")]
    public void Each_option_gives_its_setting(string line, string key, string value) =>
        Assert.Equal([(key, value)], Given.Values([.. Given.Words(line), "curl"]));

    [Theory]
    [InlineData("-h", true, false)]
    [InlineData("--help", true, false)]
    [InlineData("-i ovpn -h", true, false)]
    [InlineData("--version", false, true)]
    [InlineData("curl -h", false, false)]
    [InlineData("curl --version", false, false)]
    [InlineData("-- --help", false, false)]
    public void Help_and_version_are_ours_before_the_program_only(string line, bool help, bool version)
    {
        CommandLine commandLine = CommandLine.Parse(Given.Words(line));

        Assert.Equal((help, version), (commandLine.WantsHelp, commandLine.WantsVersion));
    }

    [Theory]
    [InlineData("--dump-filter", true)]
    [InlineData("-i ovpn --dump-filter curl", true)]
    [InlineData("curl --dump-filter", false)]
    public void The_filter_is_printed_where_that_is_asked_before_the_program(string line, bool printed) =>
        Assert.Equal(printed, CommandLine.Parse(Given.Words(line)).WantsFilter);

    [Theory]
    [InlineData("--frobnicate curl", "--frobnicate")]
    [InlineData("--frobnicate=1 curl", "--frobnicate=1")]
    [InlineData("-z curl", "-z")]
    [InlineData("-vz curl", "z")]
    [InlineData("--interfac ovpn curl", "--interfac")]
    [InlineData("--Interface ovpn curl", "--Interface")]
    [InlineData("-i ovpn --bad curl", "--bad")]
    [InlineData("-i a -i b curl", "-i")]
    [InlineData("--dns 1.1.1.1 --dns 2.2.2.2 curl", "--dns")]
    public void An_option_that_is_none_or_is_given_twice_is_an_error_that_names_it(string line, string named) =>
        Assert.Contains(named, Given.Error(Given.Words(line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("-i")]
    [InlineData("--interface")]
    [InlineData("-d")]
    [InlineData("--dns")]
    [InlineData("--dns-port")]
    [InlineData("-x")]
    [InlineData("--exclude")]
    [InlineData("--source-ip")]
    [InlineData("--resolver-daemons")]
    [InlineData("--log-level")]
    [InlineData("--log-format")]
    [InlineData("--log-file")]
    [InlineData("-v -i")]
    [InlineData("-vi")]
    public void An_option_without_its_value_is_an_error_that_names_it(string line)
    {
        string named = Given.Words(line)[^1] is "-vi" ? "-i" : Given.Words(line)[^1];

        Assert.Contains(named, Given.Error(Given.Words(line)), StringComparison.Ordinal);
        Assert.Contains(named, Given.Error([.. Given.Words(line), "--", "curl"]), StringComparison.Ordinal);
        Assert.StartsWith($"{named}: no value is given", Given.Error([.. Given.Words(line), "-vq", "curl"]), StringComparison.Ordinal);
        Assert.StartsWith($"{named}: no value is given", Given.Error([.. Given.Words(line), "--dns=8.8.8.8", "curl"]), StringComparison.Ordinal);
    }
}
