using System.Runtime.InteropServices;
using System.Text;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Launch;

/// <summary>
/// The program's environment. LISTEN_PID (sd_listen_fds(3)) and WATCHDOG_PID (sd_watchdog_enabled(3)) name the process that
/// they are meant for. If that is the supervisor, they are to name the program, whose process id is known only in its
/// own process, which writes it.
/// </summary>
internal sealed unsafe class ProgramEnvironment : IDisposable
{
    /// <summary>A process id in decimal, and a zero.</summary>
    private const int IdSize = 12;

    private static readonly byte[][] Names = ["LISTEN_PID="u8.ToArray(), "WATCHDOG_PID="u8.ToArray()];

    private readonly byte** variables;
    private readonly byte** ids;

    public ProgramEnvironment()
    {
        int count = 0;
        while (Native.environ[count] != null)
        {
            count++;
        }

        // First the pointers, each array ended by a null, then the texts.
        nuint pointers = (nuint)(count + 1 + Names.Length + 1);
        variables = (byte**)NativeMemory.AllocZeroed((pointers * (nuint)sizeof(byte*)) + (nuint)Names.Sum(name => name.Length + IdSize));
        ids = variables + count + 1;
        byte* text = (byte*)(variables + pointers);
        int replaced = 0;
        byte[] own = Encoding.ASCII.GetBytes($"{LibC.getpid()}");
        for (int i = 0; i < count; i++)
        {
            variables[i] = Native.environ[i];
            if (NameBefore(own, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(variables[i])) is byte[] name && replaced < Names.Length)
            {
                name.CopyTo(new Span<byte>(text, name.Length));
                variables[i] = text;
                ids[replaced++] = text + name.Length;
                text += name.Length + IdSize;
            }
        }
    }

    /// <summary>The variables, as exec takes them.</summary>
    public byte** Variables => variables;

    /// <summary>Where the program's process id is to be written; a null pointer ends them.</summary>
    public byte** Ids => ids;

    public void Dispose() => NativeMemory.Free(variables);

    private static byte[]? NameBefore(byte[] value, ReadOnlySpan<byte> variable)
    {
        foreach (byte[] name in Names)
        {
            if (variable.StartsWith(name) && variable[name.Length..].SequenceEqual(value))
            {
                return name;
            }
        }

        return null;
    }
}
