// The signal mask and dispositions that this process was started with, noted by a constructor, which runs before the
// .NET runtime takes signals for itself: it handles SIGSEGV, SIGFPE and SIGRTMIN, and unblocks the last.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>

// A signal is a bit from 0 on, as in the kernel's sigset_t.
static uint64_t blocked, ignored;

uint64_t inherited_blocked_signals(void)
{
    return blocked;
}

uint64_t inherited_ignored_signals(void)
{
    return ignored;
}

__attribute__((constructor)) static void note_inherited_signals(void)
{
    // What the supervisor passes on waits for its signalfd, in every thread: none exists yet, and each inherits this.
    // The runtime makes exceptions of a fault's signals, and stops threads by SIGRTMIN.
    sigset_t passed_on, mask;
    sigfillset(&passed_on);
    sigdelset(&passed_on, SIGSEGV);
    sigdelset(&passed_on, SIGFPE);
    sigdelset(&passed_on, SIGRTMIN);
    sigprocmask(SIG_SETMASK, &passed_on, &mask);

    for (int number = 1; number <= 64; number++) {
        uint64_t bit = UINT64_C(1) << (number - 1);
        struct sigaction action;
        if (sigismember(&mask, number) == 1)
            blocked |= bit;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored |= bit;
    }
}

// Called in place of signal() by the runtime's start-up (--wrap=signal), which means to ignore SIGPIPE: that would be
// inherited through exec, and the program no longer die of a closed pipe.
sighandler_t __wrap_signal(int number, sighandler_t handler);

sighandler_t __wrap_signal(int number, sighandler_t handler)
{
    (void)number;
    (void)handler;
    return SIG_DFL;
}
