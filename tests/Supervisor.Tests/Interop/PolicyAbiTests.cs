using System.Reflection;
using BindToInterface.Policy;
using BindToInterface.Policy.Addresses;
using BindToInterface.Policy.Wire;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>The figures that the policy knows of other people's structures, against the C headers.</summary>
public sealed class PolicyAbiTests
{
    private const string In32Bits = "-m32";

    [CompilerFact]
    public void Every_number_is_that_of_its_C_name()
    {
        // IPV6_UNICAST_IF is in linux/in6.h, which cannot stand beside netinet/in.h.
        AbiSource source = new AbiSource("net/if.h", "netinet/in.h", "netinet/tcp.h", "sys/socket.h", "sys/wait.h", "signal.h", "linux/sctp.h")
            .DefineIfMissing("IPV6_FLOWLABEL_MGR", "32").DefineIfMissing("IPV6_UNICAST_IF", "76").DefineIfMissing("IPV6_HDRINCL", "36")
            .DefineIfMissing("SOL_SCTP", "IPPROTO_SCTP").DefineIfMissing("SCTP_DSTADDRV4", "7").DefineIfMissing("SCTP_DSTADDRV6", "8");
        FieldInfo[] constants = [.. typeof(Linux).GetFields(BindingFlags.Public | BindingFlags.Static)];
        foreach (FieldInfo constant in constants)
        {
            source.Equal(constant.Name, constant.GetRawConstantValue()!);
        }

        CCompiler.Accepts(source.ToString());
    }

    [CompilerFact]
    public void Numbers_of_the_kernels_own_headers_are_theirs() => CCompiler.Accepts(new AbiSource("linux/in.h", "linux/in6.h")
        .Equal("IPV6_UNICAST_IF", Linux.IPV6_UNICAST_IF)
        .Equal("IPV6_FLOWLABEL_MGR", Linux.IPV6_FLOWLABEL_MGR)
        .Equal("sizeof(struct in6_flowlabel_req)", SocketOptionValue.FlowlabelRequestLength)
        .ToString());

    [CompilerFact]
    public void Every_address_family_has_its_number()
    {
        string[] allowed = ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_ALG"];
        Assert.Equal(allowed.Length, AddressFamilies.Allowed.Count);
        var source = new AbiSource("netinet/in.h", "sys/socket.h");
        foreach ((string name, int family) in allowed.Zip(AddressFamilies.Allowed))
        {
            source.Equal(name, family);
        }

        string[] types = ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"];
        string[][] protocols =
        [
            ["IPPROTO_IP", "IPPROTO_TCP", "IPPROTO_SCTP"],
            ["IPPROTO_IP", "IPPROTO_ICMP", "IPPROTO_UDP", "IPPROTO_ICMPV6", "IPPROTO_UDPLITE"],
            ["IPPROTO_IP", "IPPROTO_SCTP"],
        ];
        Assert.Equal(types.Length, AddressFamilies.Protocols.Count);
        foreach (((string typeName, string[] names), (int type, int[] numbers)) in types.Zip(protocols).Zip(AddressFamilies.Protocols))
        {
            source.Equal(typeName, type);
            Assert.Equal(names.Length, numbers.Length);
            foreach ((string name, int number) in names.Zip(numbers))
            {
                source.Equal(name, number);
            }
        }

        CCompiler.Accepts(source
            .Equal("AF_INET", IpFamily.IPv4)
            .Equal("AF_INET6", IpFamily.IPv6)
            .ToString());
    }

    [CompilerFact]
    public void Sockaddrs_have_their_lengths() => CCompiler.Accepts(new AbiSource("netinet/in.h", "sys/socket.h")
        .Equal("sizeof(struct sockaddr_in)", Sockaddr.InLength)
        .Equal("sizeof(struct sockaddr_in6)", Sockaddr.In6Length)
        .Equal("offsetof(struct sockaddr_in6, sin6_scope_id)", Sockaddr.In6MinimumLength)
        .Equal("sizeof(struct sockaddr_storage)", Sockaddr.MaximumLength)
        .Equal("offsetof(struct sockaddr_in, sin_port)", 2)
        .Equal("offsetof(struct sockaddr_in, sin_addr)", 4)
        .Equal("offsetof(struct sockaddr_in6, sin6_port)", 2)
        .Equal("offsetof(struct sockaddr_in6, sin6_addr)", 8)
        .ToString());

    [CompilerFact]
    public void The_answers_of_socket_diagnostics_are_laid_out_as_they_are_read() => CCompiler.Accepts(
        new AbiSource("netinet/in.h", "linux/netlink.h", "linux/sock_diag.h", "linux/inet_diag.h")
        .Equal("sizeof(struct nlmsghdr) + sizeof(struct inet_diag_req_v2)", SocketDiagnostics.RequestLength)
        .Equal("offsetof(struct inet_diag_req_v2, idiag_states)", 4)
        .Equal("sizeof(struct inet_diag_msg)", 72)
        .Equal("offsetof(struct inet_diag_msg, idiag_state)", 1)
        .Equal("offsetof(struct inet_diag_msg, id.idiag_sport)", 4)
        .Equal("offsetof(struct inet_diag_msg, id.idiag_src)", 8)
        .Equal("offsetof(struct inet_diag_msg, id.idiag_if)", 40)
        .Equal("offsetof(struct inet_diag_msg, id.idiag_cookie)", 44)
        .Equal("offsetof(struct inet_diag_msg, idiag_inode)", 68)
        .Equal("SOCK_DIAG_BY_FAMILY", 20)
        .Equal("NLM_F_DUMP", 0x300)
        .ToString());

    [CompilerFact]
    public void The_structures_of_64_bit_programs_are_laid_out_as_we_read_them() =>
        CCompiler.Accepts(Layout(AbiLayout.Bits64).ToString());

    [CompilerFact(architecture: "X64", flags: In32Bits)]
    public void The_structures_of_32_bit_programs_are_laid_out_as_we_read_them() =>
        CCompiler.Accepts(Layout(AbiLayout.Bits32).ToString(), In32Bits);

    private static AbiSource Layout(AbiLayout layout)
    {
        int word = layout.WordSize;
        return new AbiSource("netinet/in.h", "sys/socket.h", "sys/uio.h")
            .Equal("sizeof(void *)", word)
            .Equal("sizeof(struct iovec)", layout.IovecLength)
            .Equal("sizeof(struct msghdr)", layout.MsghdrLength)
            .Equal("offsetof(struct msghdr, msg_namelen)", word)
            .Equal("offsetof(struct msghdr, msg_iov)", 2 * word)
            .Equal("offsetof(struct msghdr, msg_iovlen)", 3 * word)
            .Equal("offsetof(struct msghdr, msg_control)", 4 * word)
            .Equal("offsetof(struct msghdr, msg_controllen)", 5 * word)
            .Equal("sizeof(struct mmsghdr)", layout.MmsghdrLength)
            .Equal("offsetof(struct mmsghdr, msg_len)", layout.MsghdrLength)
            .Equal("sizeof(struct cmsghdr)", layout.CmsghdrLength)
            .Equal("offsetof(struct cmsghdr, cmsg_level)", word)
            .Equal("offsetof(struct cmsghdr, cmsg_type)", word + 4)
            .Equal("CMSG_ALIGN(1)", layout.Align(1))
            .Equal("CMSG_ALIGN(17)", layout.Align(17))
            .Equal("sizeof(struct in_pktinfo)", 12)
            .Equal("offsetof(struct in_pktinfo, ipi_spec_dst)", 4)
            .Equal("sizeof(struct in6_pktinfo)", 20)
            .Equal("offsetof(struct in6_pktinfo, ipi6_ifindex)", 16)
            .Equal("sizeof(struct ip_mreq)", 8)
            .Equal("sizeof(struct ip_mreqn)", 12)
            .Equal("offsetof(struct ip_mreqn, imr_address)", 4)
            .Equal("offsetof(struct ip_mreqn, imr_ifindex)", 8)
            .Equal("sizeof(struct ip_mreq_source)", 12)
            .Equal("offsetof(struct ip_mreq_source, imr_interface)", 4)
            .Equal("offsetof(struct ip_mreq_source, imr_sourceaddr)", 8)
            .Equal("offsetof(struct ip_msfilter, imsf_interface)", 4)
            .Equal("offsetof(struct ip_msfilter, imsf_fmode)", 8)
            .Equal("offsetof(struct ip_msfilter, imsf_numsrc)", 12)
            .Equal("offsetof(struct ip_msfilter, imsf_slist)", 16)
            .Equal("offsetof(struct group_filter, gf_group)", word)
            .Equal("offsetof(struct group_filter, gf_fmode)", word + Sockaddr.MaximumLength)
            .Equal("offsetof(struct group_filter, gf_numsrc)", word + Sockaddr.MaximumLength + 4)
            .Equal("offsetof(struct group_filter, gf_slist)", word + Sockaddr.MaximumLength + 8)
            .Equal("sizeof(struct ipv6_mreq)", 20)
            .Equal("offsetof(struct ipv6_mreq, ipv6mr_interface)", 16)
            .Equal("offsetof(struct group_req, gr_group)", word)
            .Equal("sizeof(struct group_req)", word + Sockaddr.MaximumLength)
            .Equal("offsetof(struct group_source_req, gsr_source)", word + Sockaddr.MaximumLength)
            .Equal("sizeof(struct group_source_req)", word + 2 * Sockaddr.MaximumLength);
    }
}
