namespace BindToInterface.Policy.Wire;

/// <summary>What the bytes of a sockaddr are.</summary>
public enum SockaddrKind
{
    /// <summary>Shorter than its family needs: the kernel answers EINVAL, or takes it as no address.</summary>
    TooShort,
    /// <summary>AF_UNSPEC.</summary>
    Unspecified,
    /// <summary>AF_UNIX.</summary>
    Unix,
    /// <summary>sockaddr_in.</summary>
    IPv4,
    /// <summary>sockaddr_in6 with an IPv6 address.</summary>
    IPv6,
    /// <summary>sockaddr_in6 with an IPv4-mapped address.</summary>
    Mapped,
    /// <summary>Any other family.</summary>
    Other,
}
