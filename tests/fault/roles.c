/* Which process is which, told by who bore it and how: a new role is a row or two here. */
#include "base/mem.h"
#include "tests/fault/fault.h"

static const struct {
    enum role parent;
    bool by_vfork, new_pids;
    enum role child, in_batch; /* NOBODY: no other in a batch */
} births[] = {
    {ROLE_ASKER, false, false, ROLE_BROKER, ROLE_NOBODY},
    {ROLE_ASKER, true, false, ROLE_HELPER, ROLE_NOBODY},
    {ROLE_BROKER, false, true, ROLE_INSIDE, ROLE_NOBODY},
    {ROLE_BROKER, false, false, ROLE_HELPER, ROLE_LAUNCHER},
    {ROLE_BROKER, true, false, ROLE_HELPER, ROLE_NOBODY},
    {ROLE_INSIDE, true, false, ROLE_GUEST, ROLE_NOBODY},
    {ROLE_LAUNCHER, true, false, ROLE_MIDWIFE, ROLE_NOBODY},
    {ROLE_ZYGOTE, true, false, ROLE_MIDWIFE, ROLE_NOBODY},
    {ROLE_MIDWIFE, true, true, ROLE_FIRST, ROLE_NOBODY},
    {ROLE_FIRST, false, false, ROLE_OCCUPANT, ROLE_NOBODY},
    {ROLE_OCCUPANT, false, false, ROLE_STEWARD, ROLE_NOBODY},
};

static const struct {
    enum role before, after;
} execs[] = {
    {ROLE_INSIDE, ROLE_INIT}, {ROLE_GUEST, ROLE_PROGRAM},    {ROLE_LAUNCHER, ROLE_ZYGOTE},
    {ROLE_FIRST, ROLE_INIT},  {ROLE_OCCUPANT, ROLE_PROGRAM},
};

const char *role_word(enum role role)
{
    static const char *const words[] = {
#define ROLE(name, word) [ROLE_##name] = word,
        ROLES(ROLE)
#undef ROLE
    };
    return words[role];
}

/* Whoever has no row of his own belongs to his parent's role: a program's children, say. */
enum role role_at_birth(const struct birth *birth)
{
    for (size_t i = 0; i < COUNT_OF(births); i++)
        if (births[i].parent == birth->parent && births[i].by_vfork == birth->by_vfork &&
            births[i].new_pids == birth->new_pids)
            return birth->in_batch && births[i].in_batch != ROLE_NOBODY ? births[i].in_batch
                                                                        : births[i].child;
    return birth->parent;
}

enum role role_after_exec(enum role role)
{
    for (size_t i = 0; i < COUNT_OF(execs); i++)
        if (execs[i].before == role)
            return execs[i].after;
    return role;
}
