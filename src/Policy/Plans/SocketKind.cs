namespace BindToInterface.Policy.Plans;

/// <summary>What a socket is, as far as the name of its protocol tells: all that is known of one that cannot be looked at.</summary>
public enum SocketKind
{
    /// <summary>One that may send IP packets to wherever it is told.</summary>
    Unknown,

    /// <summary>TCP: once it is connected it sends to its peer alone.</summary>
    Stream,

    /// <summary>It sends no IP packets of its own.</summary>
    Local,
}
