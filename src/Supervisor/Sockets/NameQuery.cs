using System.Buffers.Binary;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Routes;
using BindToInterface.Policy.Wire;
using BindToInterface.Supervisor.Interop;
using Tmds.Linux;

namespace BindToInterface.Supervisor.Sockets;

/// <summary>
/// Asks nameservers for the addresses of a name, as a program below the supervisor would: those of --dns or of resolv.conf, each by
/// the interface that its address has in the policy, or not at all.
/// </summary>
internal sealed unsafe class NameQuery(TrafficPolicy policy, InterfaceBinder binder)
{
    private const int AttemptMilliseconds = 2000;
    private const int Attempts = 2;
    private const int MaximumAliases = 8;
    private const int MaximumStreamAnswer = ushort.MaxValue;

    /// <summary>Asks for the addresses of a family.</summary>
    /// <param name="name">The name.</param>
    /// <param name="family">The family.</param>
    /// <param name="until">When to give up (Environment.TickCount64).</param>
    /// <param name="failure">Where no server gave an answer: why the last one did not.</param>
    /// <returns>The answer; null where there was none.</returns>
    public DnsMessageAnswer? Ask(string name, IpFamily family, long until, out string failure)
    {
        uint seconds = uint.MaxValue;
        for (int i = 0; i < MaximumAliases; i++)
        {
            if (AskAll(name, family, until, out failure) is not DnsMessageAnswer answer)
            {
                return null;
            }

            seconds = Math.Min(seconds, answer.TimeToLive);
            if (answer.Alias is not string alias)
            {
                return answer with { TimeToLive = seconds };
            }

            name = alias;
        }

        failure = "its aliases have no end";
        return null;
    }

    private DnsMessageAnswer? AskAll(string name, IpFamily family, long until, out string failure)
    {
        failure = "no nameserver is set";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (Endpoint server in Servers())
            {
                long limit = Math.Min(until, Environment.TickCount64 + AttemptMilliseconds);
                if (Ask(server, name, family, isStream: false, limit, out DnsMessageAnswer answer) is string failed
                    || (answer.IsTruncated && (failed = Ask(server, name, family, isStream: true, limit, out answer)!) is not null))
                {
                    failure = $"{server}: {failed}";
                }
                else if (answer.Code is 0 or DnsMessageAnswer.NoSuchName)
                {
                    return answer;
                }
                else
                {
                    failure = $"{server}: it answered with code {answer.Code}";
                }
            }
        }

        return null;
    }

    private IEnumerable<Endpoint> Servers()
    {
        if (policy.RewritesDns)
        {
            return ((Endpoint?[])[policy.Options.Dns.IPv4, policy.Options.Dns.IPv6]).OfType<Endpoint>();
        }

        return ResolvConf.Nameservers(TextFile.Lines(ResolvConf.Path)).Select(
            each => new Endpoint(each.Address, TrafficPolicy.DnsPort, each.Scope is not string scope ? 0 : uint.TryParse(scope, out uint index) ? index : binder.IndexOf(scope)));
    }

    /// <summary>Asks one server.</summary>
    /// <returns>null, or what failed.</returns>
    private string? Ask(in Endpoint server, string name, IpFamily family, bool isStream, long until, out DnsMessageAnswer answer)
    {
        answer = default;
        Verdict verdict = policy.JudgeEndpoint(server);
        if (verdict.Kind == VerdictKind.Refuse)
        {
            return verdict.Reason;
        }

        using var socket = new DescriptorHandle(LibC.socket(
            (int)server.Address.Family, (isStream ? Linux.SOCK_STREAM : Linux.SOCK_DGRAM) | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK, 0));
        if (socket.IsInvalid)
        {
            return $"socket: {Native.LastError}";
        }

        if (verdict.Interface is string interfaceName && binder.Bind(new DuplicatedSocket(socket.Descriptor), interfaceName) is var bound and not Errno.None)
        {
            return $"it cannot be asked by {interfaceName}: {bound}";
        }

        if (verdict.Source is IpAddress source && Call(socket.Descriptor, new Endpoint(source, 0), isBind: true) is var taken and not Errno.None)
        {
            return $"it cannot be asked from {source}: {taken}";
        }

        if (Call(socket.Descriptor, server, isBind: false) is var connected and not (Errno.None or Errno.EINPROGRESS))
        {
            return $"connect: {connected}";
        }

        // Two bytes before it are its length on a stream.
        Span<byte> message = new byte[2 + (isStream ? MaximumStreamAnswer : DnsMessage.MaximumAnswer)];
        // The bytes of a random Guid are the kernel's.
        ushort id = BinaryPrimitives.ReadUInt16BigEndian(Guid.NewGuid().ToByteArray());
        int length = DnsMessage.WriteQuestion(message[2..], id, name, family);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        int start = isStream ? 0 : 2;
        if (Transfer(socket.Descriptor, message.Slice(start, 2 + length - start), isSend: true, until, out _) is string notSent)
        {
            return notSent;
        }

        while (true)
        {
            if ((isStream ? ReadStream(socket.Descriptor, message, until, out length) : Receive(socket.Descriptor, message[2..], until, out length)) is string failed)
            {
                return failed;
            }

            if (DnsMessage.TryReadAnswer(message.Slice(2, length), id, name, family, out answer))
            {
                return null;
            }

            if (isStream)
            {
                return "its answer makes no sense";
            }
        }
    }

    private static string? ReadStream(int socket, Span<byte> message, long until, out int length)
    {
        length = 0;
        string? failed = Transfer(socket, message[..2], isSend: false, until, out _);
        if (failed is not null)
        {
            return failed;
        }

        length = BinaryPrimitives.ReadUInt16BigEndian(message);
        return Transfer(socket, message.Slice(2, length), isSend: false, until, out _);
    }

    private static string? Receive(int socket, Span<byte> buffer, long until, out int length)
    {
        do
        {
            if (Wait(socket, LibC.POLLIN, until) is string late)
            {
                length = 0;
                return late;
            }

            length = Once(socket, buffer, isSend: false);
        }
        while (length < 0 && Native.LastError is Errno.EAGAIN or Errno.EINTR);

        return length < 0 ? $"recv: {Native.LastError}" : null;
    }

    /// <summary>Sends or receives all of a buffer.</summary>
    private static string? Transfer(int socket, Span<byte> buffer, bool isSend, long until, out int done)
    {
        done = 0;
        while (done < buffer.Length)
        {
            if (Wait(socket, isSend ? LibC.POLLOUT : LibC.POLLIN, until) is string late)
            {
                return late;
            }

            int count = Once(socket, buffer[done..], isSend);
            if (count == 0 && !isSend)
            {
                return "it closed the connection";
            }

            if (count < 0 && Native.LastError is var error and not (Errno.EAGAIN or Errno.EINTR))
            {
                return $"{(isSend ? "send" : "recv")}: {error}";
            }

            done += Math.Max(0, count);
        }

        return null;
    }

    private static int Once(int socket, Span<byte> buffer, bool isSend)
    {
        fixed (byte* bytes = buffer)
        {
            return isSend
                ? (int)(long)LibC.sendto(socket, bytes, (size_t)buffer.Length, LibC.MSG_NOSIGNAL, null, 0)
                : (int)(long)LibC.recvfrom(socket, bytes, (size_t)buffer.Length, 0, null, null);
        }
    }

    private static string? Wait(int socket, short events, long until)
    {
        var poll = new pollfd { fd = socket, events = events };
        int ready;
        do
        {
            ready = Native.poll(&poll, 1, (int)Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue));
        }
        while (ready < 0 && Native.LastError == Errno.EINTR);

        return ready > 0 ? null : "no answer";
    }

    private static Errno Call(int socket, in Endpoint endpoint, bool isBind)
    {
        byte* address = stackalloc byte[Sockaddr.In6Length];
        int length = Sockaddr.Write(new Span<byte>(address, Sockaddr.In6Length), endpoint.Address.Family, endpoint);
        int result = isBind ? LibC.bind(socket, (sockaddr*)address, (uint)length) : LibC.connect(socket, (sockaddr*)address, (uint)length);
        return result == 0 ? Errno.None : Native.LastError;
    }
}
