namespace BindToInterface.EndToEnd;

/// <summary>The ways of programs to look a name up, each with the words that do it.</summary>
internal static class ResolversPrograms
{
    /// <summary>Those that ask the server of /etc/resolv.conf.</summary>
    private static readonly Dictionary<string, Func<string, string[]>> Configured = new()
    {
        ["glibc getaddrinfo"] = name => [Programs.C("resolve"), name],
        ["getent ahosts"] = name => ["getent", "ahosts", name],
        ["getent hosts"] = name => ["getent", "ahostsv4", name],
        ["musl"] = name => [Programs.Musl("resolve"), name],
        ["Go"] = name => [Programs.Go("talk"), "resolve", name],
        ["dig"] = name => ["dig", "+short", name],
        ["dig over TCP"] = name => ["dig", "+short", "+tcp", name],
        ["host"] = name => ["host", "-t", "A", name],
        ["nslookup"] = name => ["nslookup", name],
        ["kdig"] = name => ["kdig", "+short", name],
        ["busybox nslookup"] = name => ["busybox", "nslookup", name],
        ["node dns.lookup"] = name => ["node", "-e", $"require('dns').lookup('{name}', {{ family: 4 }}, (error, address) => console.log(error || address))"],
        ["node dns.resolve4"] = name => ["node", "-e", $"require('dns').resolve4('{name}', (error, all) => console.log(error || all.join()))"],
        ["dnspython"] = name => ["/usr/bin/python3", "-c", $"import dns.resolver; print(dns.resolver.resolve('{name}', 'A')[0])"],
        ["Python"] = name => ["/usr/bin/python3", "-c", $"import socket; print(socket.gethostbyname('{name}'))"],
        ["Perl"] = name => ["perl", "-MSocket", "-e", $"print inet_ntoa(scalar gethostbyname('{name}')), qq(\\n)"],
        ["Java"] = name => ["java", Repository.At("tests/programs/resolve.java"), name],
    };

    /// <summary>Those that are told a server.</summary>
    private static readonly Dictionary<string, Func<string, string, string[]>> Told = new()
    {
        ["dig"] = (name, server) => ["dig", "+short", $"@{server}", name],
        ["host"] = (name, server) => ["host", "-t", "A", name, server],
        ["nslookup"] = (name, server) => ["nslookup", name, server],
        ["kdig"] = (name, server) => ["kdig", "+short", $"@{server}", name],
        ["busybox nslookup"] = (name, server) => ["busybox", "nslookup", name, server],
        ["dnspython"] = (name, server) =>
            ["/usr/bin/python3", "-c", $"import dns.resolver as d; r = d.Resolver(configure=False); r.nameservers = ['{server}']; print(r.resolve('{name}', 'A')[0])"],
        ["node"] = (name, server) =>
            ["node", "-e", $"const r = new (require('dns').Resolver)(); r.setServers(['{server}']); r.resolve4('{name}', (error, all) => console.log(error || all.join()))"],
    };

    public static string[] Words(string program, string name) => Configured[program](name);

    public static string[] Words(string program, string name, string server) => Told[program](name, server);

    /// <summary>Arguments of a theory: each of them, as root and as an ordinary user.</summary>
    public static TheoryData<Who, string> ThatReadResolvConf() => Everyone(Configured.Keys);

    /// <summary>The same without those that leave it all to glibc.</summary>
    public static TheoryData<Who, string> WithCodeOfTheirOwn() =>
        Everyone(["glibc getaddrinfo", "musl", "Go", "dig", "dig over TCP", "host", "nslookup", "kdig", "busybox nslookup", "node dns.resolve4", "dnspython"]);

    public static TheoryData<Who, string> ThatAreToldAServer() => Everyone(Told.Keys);

    private static TheoryData<Who, string> Everyone(IEnumerable<string> programs)
    {
        var data = new TheoryData<Who, string>();
        foreach (var program in programs)
        {
            data.Add(Who.Root, program);
            data.Add(Who.User, program);
        }

        return data;
    }
}
