namespace BindToInterface.Policy.Plans;

/// <summary>What follows from the type of a socket.</summary>
public static class SocketTypes
{
    /// <summary>Whether a socket of a type sends each message by itself.</summary>
    public static bool SendsDatagrams(int type) => type is Linux.SOCK_DGRAM or Linux.SOCK_RAW;
}
