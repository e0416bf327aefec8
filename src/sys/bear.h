/*
 * A process that shares its maker's memory, as vfork makes one, but runs on a stack of its own: the
 * maker stands still until the other has executed a program or ended, and finds its own stack as it
 * left it. Nothing is copied.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct bear_order {
    unsigned long flags; /* beyond CLONE_VM and CLONE_VFORK; CLONE_PARENT is often among them */
    int cgroup;          /* born into it; -1: none */
    char *stack;         /* its lowest byte, aligned to 16 */
    size_t stack_bytes;
    int (*live)(void *cookie); /* what it returns is the status */
    void *cookie;
    pid_t *pid; /* written before the other begins, so that it is known whatever becomes of the
                   maker's copy of this call; NULL: nobody asks */
};

/* The pid, or -1 and errno. */
[[nodiscard]] pid_t bear(const struct bear_order *order);
