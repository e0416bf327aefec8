/*
 * The system call filter of a box, and what it says about a call.
 *
 * One policy, the table in syscalls.def: what ordinary programs need is allowed, what is known to
 * be dangerous fails with EPERM, what nobody knows yet fails with ENOSYS, and entering the kernel
 * by another processor mode's door ends the process. seccomp_build turns the table into a program
 * for the kernel, seccomp_judge gives the same answers in C, with the reason; the tests hold the
 * two against each other.
 *
 * An explaining filter refuses nothing by itself: it hands every refusal, and every call that names
 * a file or an address, to a listener. A listener answers what seccomp_judge says: a refusal with
 * its errno, a watched call with "continue". It must never continue a refused one.
 *
 * Building and installing allocate nothing and take no lock: good between clone and exec.
 */
#pragma once

#include "base/error.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

enum seccomp_mode { SECCOMP_STRICT, SECCOMP_EXPLAIN };

/* Processors are named as the kernel's audit does: AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64. */
#if defined __x86_64__
#define SECCOMP_NATIVE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define SECCOMP_NATIVE AUDIT_ARCH_AARCH64
#else
#error "syscalls.def has no numbers of this processor"
#endif

/* As far as a conditional jump reaches, so that no jump can be too far. */
#define SECCOMP_CODE_MAX 256

struct seccomp_program {
    unsigned short count;
    struct sock_filter code[SECCOMP_CODE_MAX];
};

void seccomp_build(struct seccomp_program *ret, uint32_t processor, enum seccomp_mode mode);

/* For this thread and all that it starts, for good. Needs no_new_privs. With ret_listener (for an
 * explaining program) also gives the listener's fd. */
[[nodiscard]] bool seccomp_install(const struct seccomp_program *program, int *ret_listener,
                                   struct error *err);

enum seccomp_answer { SECCOMP_ALLOWED, SECCOMP_WATCHED, SECCOMP_REFUSED, SECCOMP_KILLED };

struct seccomp_reason {
    const char *key;    /* "mount" */
    const char *words;  /* "making, changing or listing mounts" */
    const char *change; /* what would change the answer */
};

struct seccomp_verdict {
    enum seccomp_answer answer;
    int number; /* errno of a refusal, else 0 */
    const struct seccomp_reason *reason;
};

/* What the filter for `processor` says to this call. */
struct seccomp_verdict seccomp_judge(uint32_t processor, const struct seccomp_data *call);

/* The name of a call, or NULL. */
const char *seccomp_call_name(uint32_t processor, int number);

/* The call's number on that processor, or -1. */
int seccomp_call_number(uint32_t processor, const char *name);
