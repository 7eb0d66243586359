// A service of Type=notify with a watchdog, by libsystemd: it feeds the watchdog until it is told to stop (SIGUSR1).
// libsystemd obeys WATCHDOG_PID, and would find no watchdog where that names another process.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    uint64_t interval = 0;
    int enabled = sd_watchdog_enabled(0, &interval);
    printf("watchdog %s\n", enabled > 0 ? "enabled" : "not enabled");
    fflush(stdout);

    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGUSR1);
    sigprocmask(SIG_BLOCK, &stop, NULL);

    sd_notifyf(0, "READY=1\nSTATUS=fed by process %d", getpid());
    struct timespec half = { .tv_sec = interval / 2000000, .tv_nsec = interval / 2 % 1000000 * 1000 };
    while (sigtimedwait(&stop, NULL, &half) != SIGUSR1)
        sd_notify(0, "WATCHDOG=1");
    puts("starving");
    fflush(stdout);
    for (;;)
        pause();
}
