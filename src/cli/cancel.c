#include "cli/cancel.h"

#include <signal.h>
#include <sys/signalfd.h>

/* Read from a fd instead of handled. One that the caller ignores (nohup, a shell's background
 * jobs) stays ignored: blocked, it would be queued. */
int cancel_open(struct error *err)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&set, numbers[i]);
    }
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return error_sys_fd(err, "block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 ? fd : error_sys_fd(err, "make a signal's file descriptor");
}
