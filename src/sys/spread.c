#include "sys/spread.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/fd.h"

struct spread spread_begin(void)
{
    struct spread spread = {};
    spread.useful = sched_getaffinity(0, sizeof spread.allowed, &spread.allowed) == 0 &&
                    CPU_COUNT(&spread.allowed) > 1;
    return spread;
}

/* Fourth word of /proc/loadavg: "RUNNABLE/ALL" tasks of the whole machine, us and the child
 * included. More of them than processors: a pushed child might wait behind somebody for
 * milliseconds, which is far more than it could win. */
static bool somebody_is_idle(void)
{
    char text[80];
    auto_close int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (length <= 0)
        return false;
    text[length] = '\0';
    long runnable;
    return sscanf(text, "%*s %*s %*s %ld/", &runnable) == 1 &&
           runnable <= sysconf(_SC_NPROCESSORS_ONLN);
}

void spread_push(const struct spread *spread, pid_t child)
{
    int here = sched_getcpu();
    if (!spread->useful || here < 0 || !somebody_is_idle())
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
