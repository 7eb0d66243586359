namespace BindToInterface.Policy.Addresses;

/// <summary>The rules for host names of the DNS (RFC 1123, 2.1), with the underscore that many servers allow.</summary>
public static class HostName
{
    private const int MaximumLength = 253;
    private const int MaximumLabel = 63;

    /// <summary>Whether a text is a host name at all: a name, or several with dots between them.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaximumLength)
        {
            return false;
        }

        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> label = text[range];
            if (label.Length is 0 or > MaximumLabel || label[0] == '-' || label[^1] == '-' || !IsOfAllowed(label))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a text looks like a host name with its domain, and not like a mistyped address: the last part begins with a letter
    /// and has at least two characters, and at most one of the parts before it, or not all of them, are numbers. So
    /// <c>192.168.x</c>, <c>192.168.0.1O</c> and <c>192.168.lan</c> are none.
    /// </summary>
    public static bool HasDomain(ReadOnlySpan<char> text)
    {
        int last = text.LastIndexOf('.');
        if (last < 0 || !IsValid(text))
        {
            return false;
        }

        ReadOnlySpan<char> top = text[(last + 1)..], before = text[..last];
        bool isMistyped = before.Contains('.') && !before.ContainsAnyExceptInRange('.', '9');
        return top.Length > 1 && char.IsAsciiLetter(top[0]) && !isMistyped;
    }

    private static bool IsOfAllowed(ReadOnlySpan<char> label)
    {
        foreach (char letter in label)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
