/*
 * The probe is the attacker: one small static program that is run inside a box as `probe NAME`,
 * tries one thing, prints one line `NAME held|open|absent|untried DETAIL` and exits with the
 * outcome as its status.
 *
 *     PROBE(kernel_log)
 *     {
 *         expect_refusal(syscall(SYS_syslog, 10, NULL, 0), EPERM);
 *     }
 *
 * held     the attack was tried and came to the end that the table of attacks foresees
 * open     it got through
 * absent   this host has nothing to attack; fine only where the table says so
 * untried  it could not even be tried: a failure, never a pass
 *
 * What the attack must know of the world outside (the path of a canary, a port) the runner writes
 * into a file `facts` beside the probe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum outcome { HELD = 0, OPEN = 1, ABSENT = 2, UNTRIED = 3 };

struct probe {
    const char *name;
    void (*run)(void);
};

/* The linker gathers these structs into one array: no registration, no list to forget. */
#define PROBE(attack)                                                                              \
    static void probe_##attack(void);                                                              \
    static const struct probe probe_entry_##attack                                                 \
        __attribute__((used, retain, section("probes"), aligned(8))) = {#attack, probe_##attack};  \
    static void probe_##attack(void)

/* Each of these prints the line and ends the process. Control characters come out as '?'. */
_Noreturn void held(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void got_through(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void absent(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void untried(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the line of `held` and goes on, for an attack whose last blow may rightly end its own box;
 * what it must not reach is looked at from outside. */
void held_so_far(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* held if the call failed with the wanted errno; got through if it succeeded or failed otherwise,
 * for then somebody else than the layer in question has answered. */
_Noreturn void expect_refusal(long result, int wanted);

/* The same for an attack of many tries: notes the first one that came to another end. */
void must_be_refused(long result, int wanted, const char *what);
/* Ends with what must_be_refused has noted; untried if it was never asked. */
_Noreturn void judge(void);

/* What the runner wrote; without it the attack is untried. */
const char *fact(const char *name);
bool has_fact(const char *name);

/* Where the runner has put things for us: /in/t, or the work folder. */
const char *probe_folder(void);

/* The whole file, or as much as fits, with a NUL behind it; -1 and errno. */
long read_text(const char *path, char *into, size_t size);

const char *errno_word(int number); /* "EPERM", or "errno 123" */
