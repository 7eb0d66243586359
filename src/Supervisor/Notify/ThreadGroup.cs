using System.Globalization;

namespace BindToInterface.Supervisor.Notify;

/// <summary>The process that a thread belongs to (proc(5), status).</summary>
internal static class ThreadGroup
{
    /// <summary>The process id; the thread's own where it is gone.</summary>
    public static int Of(int tid)
    {
        const string Field = "Tgid:";
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/status")))
            {
                if (line.StartsWith(Field, StringComparison.Ordinal))
                {
                    return int.Parse(line.AsSpan(Field.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                }
            }
        }
        catch (IOException)
        {
            // It is gone; whoever uses the id will find that out.
        }

        return tid;
    }
}
