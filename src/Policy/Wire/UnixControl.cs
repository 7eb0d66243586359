using System.Runtime.InteropServices;
using static BindToInterface.Policy.Linux;

namespace BindToInterface.Policy.Wire;

/// <summary>
/// The control messages of a message on a Unix socket (unix(7)): descriptors that are passed on, and who the sender is. Both mean
/// something else in another process, so that one that sends for a program has to write its own.
/// </summary>
public static class UnixControl
{
    /// <summary>SCM_MAX_FD: how many descriptors the kernel takes in one message.</summary>
    public const int MaximumDescriptors = 253;

    /// <summary>Room for what <see cref="Write"/> writes at most, in bytes.</summary>
    public const int MaximumLength = 16 + (MaximumDescriptors + 1) * sizeof(int) + 16 + 16;

    /// <summary>Reads a control buffer as the kernel does (__scm_send): other levels than SOL_SOCKET are ignored.</summary>
    /// <param name="control">The program's buffer.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="descriptors">Room for the descriptors, as the sender numbers them.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="credentials">What SCM_CREDENTIALS says; null where there is none.</param>
    /// <returns>Whether it is valid; the kernel answers EINVAL to another one.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> control, AbiLayout layout, Span<int> descriptors, out int count, out UnixCredentials? credentials)
    {
        (count, credentials) = (0, null);
        var reader = new ControlMessageReader(control, layout);
        while (reader.MoveNext())
        {
            if (reader.Level != SOL_SOCKET)
            {
                continue;
            }

            if (reader.Type == SCM_RIGHTS && MemoryMarshal.Cast<byte, int>(reader.Data).TryCopyTo(descriptors[count..]))
            {
                count += reader.Data.Length / sizeof(int);
            }
            else if (reader.Type == SCM_CREDENTIALS && reader.Data.Length == UnixCredentials.Length)
            {
                credentials = UnixCredentials.Read(reader.Data);
            }
            else
            {
                return false;
            }
        }

        // Translating a 32-bit buffer, the kernel takes no rest of it for nothing (cmsghdr_from_user_compat_to_kern).
        return !reader.IsInvalid && (layout.WordSize == 8 || reader.Offset >= control.Length);
    }

    /// <summary>Writes a control buffer in 64-bit layout.</summary>
    /// <param name="descriptors">What is passed on, as the one that sends numbers it.</param>
    /// <param name="credentials">Who the sender is; null to let the kernel say so.</param>
    /// <param name="destination">Room for <see cref="MaximumLength"/> bytes.</param>
    /// <returns>The length of the result; 0 where there is nothing to write.</returns>
    public static int Write(ReadOnlySpan<int> descriptors, UnixCredentials? credentials, Span<byte> destination)
    {
        int written = 0;
        if (!descriptors.IsEmpty)
        {
            ControlMessages.TryAppend(destination, ref written, SOL_SOCKET, SCM_RIGHTS, MemoryMarshal.AsBytes(descriptors));
        }

        if (credentials is UnixCredentials sender)
        {
            Span<byte> bytes = stackalloc byte[UnixCredentials.Length];
            sender.Write(bytes);
            ControlMessages.TryAppend(destination, ref written, SOL_SOCKET, SCM_CREDENTIALS, bytes);
        }

        return written;
    }
}
