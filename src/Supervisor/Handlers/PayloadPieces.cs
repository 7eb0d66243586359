using BindToInterface.Policy;
using BindToInterface.Supervisor.Seccomp;
using BindToInterface.Supervisor.Target;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Handlers;

/// <summary>The pieces of a payload in the program's memory, which are read from the front.</summary>
internal unsafe struct PayloadPieces
{
    private iovec* first;
    private int count;

    /// <param name="pieces">An array that is this one's.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="maximum">How many bytes count at most.</param>
    public PayloadPieces(iovec* pieces, int count, ulong maximum)
    {
        first = pieces;
        this.count = count;
        for (int i = 0; i < count; i++)
        {
            pieces[i].iov_len = (size_t)Math.Min(pieces[i].iov_len, maximum - (ulong)Length);
            Length += (long)(ulong)pieces[i].iov_len;
        }
    }

    /// <summary>How many bytes are left.</summary>
    public long Length { get; private set; }

    /// <summary>Reads from the front, and leaves there what was read.</summary>
    /// <param name="call">The call.</param>
    /// <param name="to">Room for it.</param>
    /// <param name="length">How much; no more than there is.</param>
    public readonly Errno Read(in Notification call, byte* to, int length)
    {
        if (length == 0)
        {
            return Errno.None;
        }

        ulong left = (ulong)length;
        iovec* last = first;
        while (last->iov_len < left)
        {
            left -= last++->iov_len;
        }

        size_t whole = last->iov_len;
        last->iov_len = (size_t)left;
        var target = new iovec { iov_base = to, iov_len = (size_t)length };
        Errno error = TargetMemory.Read(call, &target, first, (int)(last - first) + 1, length);
        last->iov_len = whole;
        return error;
    }

    /// <summary>Leaves out what is done, from the front.</summary>
    /// <param name="length">How much; where it is more than there is, all.</param>
    public void Skip(long length)
    {
        Length = Math.Max(0, Length - length);
        ulong left = (ulong)length;
        for (; count > 0 && left >= first->iov_len; first++, count--)
        {
            left -= first->iov_len;
        }

        if (count > 0)
        {
            first->iov_base = (byte*)first->iov_base + left;
            first->iov_len -= (size_t)left;
        }
    }
}
