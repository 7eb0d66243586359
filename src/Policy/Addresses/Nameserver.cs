namespace BindToInterface.Policy.Addresses;

/// <summary>A nameserver of a resolv.conf(5).</summary>
/// <param name="Address">Its address.</param>
/// <param name="Scope">The interface's name or number of a link-local address (<c>fe80::1%eth0</c>), as it is written; null without.</param>
public readonly record struct Nameserver(IpAddress Address, string? Scope)
{
    /// <summary><c>192.0.2.1</c> or <c>fe80::1%eth0</c>.</summary>
    public override string ToString() => Scope is null ? Address.ToString() : $"{Address}%{Scope}";
}
