// Asks for SIGTERM at its parent's end, first thing, and lives for a moment: proc_parent MILLISECONDS
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

int main(int argc, char **argv)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        return 2;
    long milliseconds = argc > 1 ? atol(argv[1]) : 20;
    struct timespec moment = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    nanosleep(&moment, NULL);
    return 0;
}
