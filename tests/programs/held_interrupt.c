// What stops a process while its call waits, and from outside: a tracer, and the freezer of a control group.
//
//   held traced|frozen receive SERVER PORT
//   held traced|frozen send NEIGHBOUR PORT     as in held_wait.c; frozen: as root, on a stage
#include "held.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { patience_ms = 2500 };

static bool is_in(pid_t process, long call)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/syscall", process);
    FILE *file = fopen(path, "r");
    if (file && !fgets(line, sizeof line, file))
        *line = 0;
    if (file)
        fclose(file);
    return *line && strtol(line, NULL, 10) == call;
}

// A child whose call waits, for as long as nobody ends it.
static pid_t waiting_child(char **words)
{
    struct sockaddr_in there = parse_address(words[1], words[2]);
    bool receives = !strcmp(words[0], "receive");
    int fd = receives ? asked(&there) : full(&there);
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child) {
        if (receives)
            receive(fd);
        else
            send_again(fd, &there);
        _exit(0);
    }
    for (int left = patience_ms; left > 0 && !is_in(child, receives ? SYS_recvfrom : SYS_sendto); left--)
        pause_ms(1);
    pause_ms(100);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void traced(char **words)
{
    int status;
    pid_t child = waiting_child(words), stopped = 0;
    check(ptrace(PTRACE_SEIZE, child, NULL, NULL), "PTRACE_SEIZE");
    check(ptrace(PTRACE_INTERRUPT, child, NULL, NULL), "PTRACE_INTERRUPT");
    for (int left = patience_ms; left > 0 && !stopped; left--) {
        stopped = waitpid(child, &status, WNOHANG);
        pause_ms(1);
    }
    puts(stopped == child && WIFSTOPPED(status) ? "stopped" : "not stopped");
    end(child);
}

static void write_to(const char *path, const char *text)
{
    int fd = (int)check(open(path, O_WRONLY | O_CLOEXEC), path);
    check(write(fd, text, strlen(text)), path);
    close(fd);
}

static bool is_frozen(const char *events)
{
    char text[256] = "";
    int fd = (int)check(open(events, O_RDONLY | O_CLOEXEC), events);
    check(read(fd, text, sizeof text - 1), events);
    close(fd);
    return strstr(text, "frozen 1");
}

static void frozen(char **words)
{
    static char root[] = "/run/held-group-XXXXXX";
    char group[64], path[128], id[16];
    pid_t child = waiting_child(words);
    bool froze = false;

    if (!mkdtemp(root))
        failed("mkdtemp");
    check(mount("held", root, "cgroup2", 0, NULL), "mount cgroup2");
    snprintf(group, sizeof group, "%s/held-%d", root, (int)now_ms());
    check(mkdir(group, 0755), "mkdir");
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    snprintf(id, sizeof id, "%d", child);
    write_to(path, id);
    snprintf(path, sizeof path, "%s/cgroup.freeze", group);
    write_to(path, "1");
    snprintf(path, sizeof path, "%s/cgroup.events", group);
    for (int left = patience_ms; left > 0 && !froze; left--) {
        froze = is_frozen(path);
        pause_ms(1);
    }
    puts(froze ? "frozen" : "not frozen");
    end(child);
    for (int left = patience_ms; left > 0 && rmdir(group) != 0; left--)
        pause_ms(1);
}

const struct held_program interrupt_programs[] = {
    { "traced", traced },
    { "frozen", frozen },
    { 0 },
};
