#include "sys/spread.h"

struct spread spread_begin(void)
{
    struct spread spread = {};
    spread.useful = sched_getaffinity(0, sizeof spread.allowed, &spread.allowed) == 0 &&
                    CPU_COUNT(&spread.allowed) > 1;
    return spread;
}

void spread_push(const struct spread *spread, pid_t child)
{
    int here = sched_getcpu();
    if (!spread->useful || here < 0)
        return;
    cpu_set_t elsewhere = spread->allowed;
    CPU_CLR(here, &elsewhere);
    sched_setaffinity(child, sizeof elsewhere, &elsewhere);
}

void spread_arrive(const struct spread *spread)
{
    if (spread->useful)
        sched_setaffinity(0, sizeof spread->allowed, &spread->allowed);
}
