using System.Globalization;

namespace BindToInterface.Supervisor.Proc;

/// <summary>Where a waiting thread's stack ends (proc(5), syscall).</summary>
internal static class Stack
{
    /// <summary>How far below the stack pointer an address can still belong to the same stack.</summary>
    private const ulong Reach = 1 << 20;

    /// <summary>Whether an address lies on the unused side of a thread's stack pointer.</summary>
    public static bool IsAbandoned(int tid, ulong address)
    {
        try
        {
            // The number, six arguments, the stack pointer and the program counter.
            string[] words = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{tid}/syscall")).Split(' ');
            return words.Length == 9
                && ulong.TryParse(words[7].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong pointer)
                && address < pointer && pointer - address < Reach;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
