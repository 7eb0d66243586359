using BindToInterface.Supervisor.Status;

namespace BindToInterface.Supervisor.Tests.Status;

public sealed class StatusTextTests
{
    [Fact]
    public void A_table_has_a_line_for_each_supervisor_and_nothing_that_a_terminal_obeys() => Assert.Equal(
        """
         PID  PROGRAM      INTERFACE  STATE  BOUND  EXCLUDED   PASSED  REFUSED  FAILED  REDIRECTED  SINCE
          99  ba?[31msh?x  -          -          0         0  1234567        0       0           0  2026-11-26 04:33:00
        4711  curl         ovpn       up        41         3        0        2       0           5  2026-11-26 04:33:00

        """,
        StatusText.Table([Statuses.Shell, Statuses.Curl], withUser: false));

    [Fact]
    public void Root_sees_whose_they_are() =>
        Assert.StartsWith(" PID  USER  PROGRAM  INTERFACE  STATE", StatusText.Table([Statuses.Curl], withUser: true), StringComparison.Ordinal);

    [Fact]
    public void No_supervisor_is_no_table() => Assert.Equal("", StatusText.Table([], withUser: true));

    [Fact]
    public void The_details_of_one_are_a_line_each() => Assert.Equal(
        """
        program     curl, process 4712
        supervisor  process 4711, user 1000
        since       2026-11-26 04:33:00, for 2 h 3 min
        interface   ovpn, up
        bound       41
        excluded    3
        passed      0
        refused     2
        failed      0
        redirected  5 of these, by --dns

        """,
        StatusText.Details(Statuses.Curl, Statuses.Since + new TimeSpan(2, 3, 4)));
}
