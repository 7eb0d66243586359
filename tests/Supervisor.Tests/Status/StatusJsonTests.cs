using System.Text;
using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

public sealed class StatusJsonTests
{
    [Fact]
    public void The_names_are_those_that_are_documented() => Assert.Equal(
        """{"version":1,"pid":4711,"uid":1000,"program":"curl","programPid":4712,"interface":"ovpn","state":"up","since":"1970-01-01T00:00:00Z","""
        + "\"counts\":{\"bound\":41,\"excluded\":3,\"passed\":0,\"refused\":2,\"failed\":0,\"redirected\":5},"
        + "\"interfaces\":[{\"name\":\"ovpn\",\"state\":\"up\",\"bound\":41,\"refused\":2}]}",
        Text(StatusJson.Write(Statuses.Curl with { Since = DateTimeOffset.UnixEpoch })));

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (SupervisorStatus status in (SupervisorStatus[])[Statuses.Shell, Statuses.Curl])
        {
            byte[] json = StatusJson.Write(status);
            Assert.Equal(Text(json), Text(StatusJson.Write(StatusJson.Read(json)!)));
        }

        Assert.Equal($"[{Text(StatusJson.Write(Statuses.Shell))},{Text(StatusJson.Write(Statuses.Curl))}]", Text(StatusJson.Write([Statuses.Shell, Statuses.Curl])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"program\":7}")]
    [InlineData("{\"counts\":null}")]
    [InlineData("{\"counts\":{\"bound\":\"x\"}}")]
    [InlineData("{\"pid\":\"x\"}")]
    [InlineData("{\"pid\":1e99}")]
    [InlineData("{\"since\":\"yesterday\"}")]
    [InlineData("{\"interfaces\":[7]}")]
    [InlineData("{\"pid\":1}x")]
    [InlineData("{\"pid\":1")]
    public void What_no_supervisor_answers_is_no_status(string json) => Assert.Null(StatusJson.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("""{"version":1,"pid":7,"more":{"a":[1]},"counts":{"new":1},"interface":null}""", 7)]
    public void An_answer_of_another_version_is_read_as_far_as_it_goes(string json, int pid) => Assert.Equal(pid, StatusJson.Read(Encoding.UTF8.GetBytes(json))!.Pid);

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);
}
