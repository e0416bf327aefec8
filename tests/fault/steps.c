/*
 * Which system calls are steps. Left out are those that change nothing which outlives the process
 * or which another could see: own memory, own signal masks, questions. To die before one of them is
 * to die before the next step, as far as anybody can tell. A call that is not known here is a step.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "base/mem.h"
#include "tests/fault/fault.h"

/* name: those of one processor only come behind #ifdef */
static const struct {
    long call;
    bool only_asks;
    const char *word;
} calls[] = {

#define ASKS(name) {SYS_##name, true, #name},
#define ACTS(name) {SYS_##name, false, #name},
#include "tests/fault/steps.def"
#undef ASKS
#undef ACTS
};

static bool opens_only_to_look(const uint64_t flags)
{
    return (flags & (O_CREAT | O_TRUNC)) == 0;
}

bool step_counts(long call, const uint64_t args[6])
{
    if (call == SYS_openat)
        return !opens_only_to_look(args[2]);
#ifdef SYS_open
    if (call == SYS_open)
        return !opens_only_to_look(args[1]);
#endif
    if (call == SYS_fcntl)
        return args[1] == F_OFD_SETLK || args[1] == F_OFD_SETLKW;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].call == call)
            return !calls[i].only_asks;
    return true;
}

const char *step_word(long call)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].call == call)
            return calls[i].word;
    return NULL;
}
