using System.Buffers.Binary;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Policy.Tests;

/// <summary>The native structures that programs pass, byte by byte and apart from the code under test.</summary>
internal static class Bytes
{
    public static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new ArgumentException(text);

    public static Endpoint Endpoint(string text, ushort port = 0) => new(Address(text), port);

    /// <summary>struct sockaddr_in.</summary>
    public static byte[] In(string address, ushort port) => [2, 0, .. BigEndian(port), .. In4(address), .. new byte[8]];

    /// <summary>struct sockaddr_in6.</summary>
    public static byte[] In6(string address, ushort port, uint scope = 0, uint flowInfo = 0) =>
        [10, 0, .. BigEndian(port), .. Int(flowInfo), .. In16(address), .. Int(scope)];

    /// <summary>struct sockaddr_un with the bytes of a path; a terminating zero is the caller's to add.</summary>
    public static byte[] Unix(string path) => [1, 0, .. System.Text.Encoding.UTF8.GetBytes(path)];

    /// <summary>Whichever sockaddr the address is written for, mapped ones in a sockaddr_in6.</summary>
    public static byte[] For(string address, ushort port) => address.Contains(':', StringComparison.Ordinal) ? In6(address, port) : In(address, port);

    /// <summary>A parsed sockaddr.</summary>
    public static Sockaddr Destination(string address, ushort port) => Sockaddr.Parse(For(address, port));

    /// <summary>struct in_addr.</summary>
    public static byte[] In4(string address) => System.Net.IPAddress.Parse(address).GetAddressBytes();

    /// <summary>struct in6_addr.</summary>
    public static byte[] In16(string address) => System.Net.IPAddress.Parse(address).GetAddressBytes();

    /// <summary>An int in host byte order.</summary>
    public static byte[] Int(uint value) => BitConverter.GetBytes(value);

    public static byte[] BigEndian(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] BigEndian(ushort value) => [(byte)(value >> 8), (byte)value];
}
