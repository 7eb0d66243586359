using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>Compares what the fuzz program printed plainly, before and after, with what it printed below the supervisor.</summary>
internal sealed class FuzzComparison
{
    private readonly List<string> differences = [];

    public FuzzComparison(string[] before, string[] supervised, string[] after)
    {
        Assert.Equal(before.Length, supervised.Length);
        Assert.Equal(before.Length, after.Length);
        for (var i = 0; i < before.Length; i++)
        {
            // What differs from one plain run to the next (an answer that came sooner) says nothing.
            if (before[i] == after[i] && !Agree(before[i], supervised[i]))
            {
                differences.Add($"plain      {before[i]}\nsupervised {supervised[i]}");
            }
        }
    }

    /// <summary>Cases whose every call had the same answer.</summary>
    public int Equal { get; private set; }

    public void HasNoDifference() =>
        Assert.True(differences.Count == 0, $"{differences.Count} cases differ:\n{string.Join('\n', differences.Take(25))}");

    private bool Agree(string plain, string supervised)
    {
        foreach (var (one, other) in plain.Split(' ').Zip(supervised.Split(' ')))
        {
            if (one == other)
            {
                continue;
            }

            // From here on the two sockets are in different states.
            var name = one.Split('=')[0];
            return name.EndsWith('?') || (name.EndsWith('!') && IsRefusal(one, other)) || IsPendingError(one, other);
        }

        Equal++;
        return true;
    }

    /// <summary>
    /// An ICMP error about an earlier datagram is reported by the next call, if it has arrived by then: a matter
    /// of time, on either side. One about the first message of a vector ends the vector, if it arrives before the next.
    /// </summary>
    private static bool IsPendingError(string plain, string supervised) =>
        (plain.StartsWith("sendmmsg", StringComparison.Ordinal) && Result(supervised) > 0 && Result(plain) > 0) ||
        (Errno)(-Result(plain)) == Errno.ECONNREFUSED ^ (Errno)(-Result(supervised)) == Errno.ECONNREFUSED;

    private static bool IsRefusal(string plain, string supervised)
    {
        var (expected, result) = (Result(plain), Result(supervised));
        var stoppedEarlier = plain.StartsWith("sendmmsg", StringComparison.Ordinal) && result >= 0 && result < expected;
        return stoppedEarlier || (Errno)(-result) is Errno.EPERM or Errno.ENODEV or Errno.EPROTONOSUPPORT or Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL or Errno.ENETUNREACH;
    }

    /// <summary>"CALL=RESULT", or "sendmmsg=RESULT,LENGTH…".</summary>
    private static int Result(string call) => int.Parse(call.Split('=')[1].Split(',')[0], CultureInfo.InvariantCulture);

    private enum Errno
    {
        EPERM = 1,
        ENODEV = 19,
        EPROTONOSUPPORT = 93,
        EAFNOSUPPORT = 97,
        EADDRNOTAVAIL = 99,
        ENETUNREACH = 101,
        ECONNREFUSED = 111,
    }
}
