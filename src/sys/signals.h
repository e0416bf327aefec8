/*
 * Signals as a program finds them that nobody has prepared: none ignored, none blocked. Whoever
 * started us may have done either (nohup, a background command of a shell), and exec keeps it.
 */
#pragma once

#include <signal.h>

static inline void signals_reset(void)
{
    for (int number = 1; number <= SIGSYS; number++)
        signal(number, SIG_DFL); /* KILL and STOP cannot be changed, nor need to be */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
