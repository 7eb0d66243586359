// Runs cases in a booted kernel, one result line each. Reads them from its standard input, a line each, fields
// separated by tabs:
//
//   NAME  root|user  LAN0  OVPN  EXPECTED  COMMAND  SUPERVISE
//
// COMMAND is a shell's. SUPERVISE, if not empty, are the words of a supervisor: cases that have the same run one after
// the other below the same one, as in a shell that somebody supervises, since to start one costs an emulated processor
// more than all the rest. EXPECTED is what it prints: patterns as of a shell, separated by |; lines are joined by
// a semicolon, and an end other than status 0 counts as a last line, "exit 7" or "signal 9". LAN0 and OVPN are the
// packets that programs may send by each uplink: a number, + for some, - for any number.
//
//   guest user COMMAND…   runs one as the ordinary user
//
// Prints "ok NAME", or "FAILED NAME: …", and at last "done COUNT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { patience_seconds = 120, nobody = 65534, most_output = 200000 };

// --- packets ----------------------------------------------------------------------------------

// The kernel gives a packet to this socket while it sends it: all that a program has sent is here when it has ended.
static int listen_to(const char *device)
{
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
    int room = 64 << 20;
    struct sockaddr_ll link = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(device),
    };
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0
        || bind(fd, (struct sockaddr *)&link, sizeof link) < 0) {
        perror(device);
        exit(1);
    }
    return fd;
}

// As tests/lab/lab.sh counts: not what the kernel sends by itself.
static int is_a_program_s(const unsigned char *packet, ssize_t size)
{
    int protocol, fragment = 0;
    const unsigned char *next;
    if (size < (packet[0] >> 4 == 4 ? 20 : 40))
        return 0;
    if (packet[0] >> 4 == 4) {
        protocol = packet[9];
        fragment = (packet[6] & 0x1f) << 8 | packet[7];
        next = packet + (packet[0] & 15) * 4;
    } else {
        protocol = packet[6];
        next = packet + 40;
        if (protocol == 0) { // hop-by-hop options, which membership reports carry
            protocol = next[0];
            next += 8 + next[1] * 8;
        }
        if (protocol == 44) {
            fragment = (next[2] << 8 | next[3]) & ~7;
            protocol = next[0];
            next += 8;
        }
    }
    if (fragment)
        return 0;
    switch (protocol) {
    case IPPROTO_IGMP: return 0;
    case IPPROTO_TCP: return (next[13] & 0x0b) != 0; // SYN, FIN, PSH
    case IPPROTO_ICMP: return next[0] != 0 && next[0] != 3 && next[0] != 11 && next[0] != 12;
    case IPPROTO_ICMPV6: return !(next[0] >= 1 && next[0] <= 4) && next[0] != 129 && next[0] != 143 && !(next[0] >= 130 && next[0] <= 137);
    case IPPROTO_SCTP: return next[12] == 0 || next[12] == 1 || next[12] == 10; // DATA, INIT, COOKIE-ECHO
    default: return 1;
    }
}

// Packets since the last call; what they were is added to SEEN.
static int count(int fd, const char *device, char *seen, size_t room)
{
    unsigned char packet[256];
    struct sockaddr_ll link;
    socklen_t length = sizeof link;
    struct tpacket_stats { unsigned packets, drops; } statistics = { 0, 0 };
    int packets = 0;
    ssize_t size;
    // The link may have gone down meanwhile, which is told once, ahead of the packets.
    while (memset(packet, 0, sizeof packet), (size = recvfrom(fd, packet, sizeof packet - 100, 0, (struct sockaddr *)&link, &length)) >= 0 || errno == ENETDOWN) {
        length = sizeof link;
        if (size < 0 || link.sll_pkttype != PACKET_OUTGOING || (link.sll_protocol != htons(ETH_P_IP) && link.sll_protocol != htons(ETH_P_IPV6))
            || !is_a_program_s(packet, size))
            continue;
        packets++;
        char address[INET6_ADDRSTRLEN] = "?";
        int four = packet[0] >> 4 == 4;
        inet_ntop(four ? AF_INET : AF_INET6, packet + (four ? 16 : 24), address, sizeof address);
        if (packets <= 5)
            snprintf(seen + strlen(seen), room - strlen(seen), " %s>%s/%d", device, address, packet[four ? 9 : 6]);
    }
    length = sizeof statistics;
    getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
    return statistics.drops ? -1 : packets;
}

static int allows(const char *specification, int packets)
{
    return packets >= 0 && (*specification == '-' || (*specification == '+' ? packets > 0 : packets == atoi(specification)));
}

// --- commands ---------------------------------------------------------------------------------

static void become_user(void)
{
    // Without any capability, and no way to get one back.
    if (setgroups(0, NULL) < 0 || setresgid(nobody, nobody, nobody) < 0 || setresuid(nobody, nobody, nobody) < 0)
        _exit(120);
}

static void add(char *text, size_t size, const char *more, size_t length)
{
    size_t used = strlen(text);
    for (size_t i = 0; i < length && used + 1 < size; i++)
        text[used++] = more[i] == '\n' ? ';' : more[i];
    text[used] = 0;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

// A shell as this user, below a supervisor or not, which reads what it is to do.
struct session {
    char *as, *supervise;
    pid_t pid;
    int in, out, err;
} sessions[8];

static void end_session(struct session *session)
{
    close(session->in);
    close(session->out);
    close(session->err);
    kill(-session->pid, SIGKILL);
    waitpid(session->pid, NULL, 0);
    free(session->as);
    free(session->supervise);
    *session = (struct session){ 0 };
}

static void start_session(struct session *session, const char *as, const char *supervise)
{
    int in[2], out[2], err[2];
    char command[1000];
    snprintf(command, sizeof command, "exec %s sh", supervise);
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        exit(1);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        if (strcmp(as, "user") == 0)
            become_user();
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(121);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    setpgid(child, child);
    *session = (struct session){ strdup(as), strdup(supervise), child, in[1], out[0], err[0] };
}

static struct session *session_for(const char *as, const char *supervise)
{
    static size_t next;
    enum { most = sizeof sessions / sizeof *sessions };
    for (size_t i = 0; i < most; i++)
        if (sessions[i].pid && strcmp(sessions[i].as, as) == 0 && strcmp(sessions[i].supervise, supervise) == 0)
            return &sessions[i];
    struct session *session = &sessions[next++ % most];
    if (session->pid)
        end_session(session);
    start_session(session, as, supervise);
    return session;
}

// Reads what has come within so many milliseconds; what comes after MARK, which ends a command, is its status.
static int read_output(struct session *session, int wait, char *output, char *complaints)
{
    struct pollfd both[2] = { { .fd = session->out, .events = POLLIN }, { .fd = session->err, .events = POLLIN } };
    char data[4096];
    int ended = 0;
    if (poll(both, 2, wait) > 0)
        for (int i = 0; i < 2; i++) {
            if (!both[i].revents)
                continue;
            ssize_t got = read(both[i].fd, data, sizeof data);
            if (got <= 0)
                ended = 1;
            else
                add(i == 0 ? output : complaints, most_output, data, (size_t)got);
        }
    return ended;
}

enum { mark = '\036' };

// Runs the command to its end, or until patience ends. What the session has not taken by then goes with it.
static void run(const char *as, const char *supervise, const char *command, char *output, char *complaints)
{
    struct session *session = session_for(as, supervise);
    char *script, *end = NULL, status[32] = "";
    long long deadline = now() + patience_seconds * 1000;
    int gone = asprintf(&script, "(%s) </dev/null\necho \"\036$?\"\n", command) < 0
        || write(session->in, script, strlen(script)) != (ssize_t)strlen(script);
    free(script);
    while (!gone && !((end = strchr(output, mark)) && strchr(end, ';'))) {
        gone = read_output(session, 100, output, complaints);
        if (now() > deadline) {
            add(output, most_output, "does not end;", 13);
            gone = 1;
        }
    }
    if (gone) {
        add(output, most_output, "the session is gone", 19);
        end_session(session);
        return;
    }
    read_output(session, 0, output, complaints);
    int code = atoi(end + 1);
    *end = 0;
    if (code)
        snprintf(status, sizeof status, code > 128 ? "signal %d\n" : "exit %d\n", code > 128 ? code - 128 : code);
    add(output, most_output, status, strlen(status));
    size_t length = strlen(output);
    if (length > 0 && output[length - 1] == ';')
        output[length - 1] = 0;
}

static int matches(char *expected, const char *output)
{
    for (char *next, *one = expected; one; one = next) {
        if ((next = strchr(one, '|')))
            *next++ = 0;
        int found = fnmatch(one, output, 0) == 0;
        if (next)
            next[-1] = '|';
        if (found)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "user") == 0) {
        become_user();
        execvp(argv[2], argv + 2);
        return 127;
    }

    static char output[most_output + 1], complaints[most_output + 1];
    int lan0 = listen_to("lan0"), ovpn = listen_to("ovpn"), cases = 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    // An emulated machine may be slow, and its far side as well.
    setenv("WAYS_ANSWER_MS", "15000", 1);
    while ((length = getline(&line, &room, stdin)) > 0) {
        char *fields[7], *rest = line, seen[2000] = "";
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < 7; i++)
            if (!(fields[i] = strsep(&rest, "\t"))) {
                printf("FAILED not a case: %s\n", line);
                return 1;
            }
        cases++;
        *output = *complaints = 0;
        count(lan0, "", seen, 0);
        count(ovpn, "", seen, 0);
        long long start = now();
        run(fields[1], fields[6], fields[5], output, complaints);
        int by_lan0 = count(lan0, "lan0", seen, sizeof seen), by_ovpn = count(ovpn, "ovpn", seen, sizeof seen);
        if (matches(fields[4], output) && allows(fields[2], by_lan0) && allows(fields[3], by_ovpn))
            printf("ok %s %lld\n", fields[0], now() - start);
        else
            printf("FAILED %s: expected '%s' and %s packets by lan0, %s by ovpn; got '%.600s' and %d, %d,%s; standard error '%.600s'; command %s %s\n",
                fields[0], fields[4], fields[2], fields[3], output, by_lan0, by_ovpn, seen, complaints, fields[6], fields[5]);
    }
    printf("done %d\n", cases);
    return 0;
}
