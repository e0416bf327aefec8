#include "worker/crew.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/fd.h"

struct crew_shared {
    _Atomic uint32_t next;
    _Atomic uint32_t doing[CREW_MAX]; /* what each child is at, or CREW_NONE */
};

struct parent {
    struct crew *crew;
    uint32_t count, deaths;
    pid_t children[CREW_MAX];
    pid_t self;
};

/* True in the child. */
static bool bear(struct parent *p, uint32_t number, bool *ret_child, struct error *err)
{
    pid_t child = fork();
    *ret_child = child == 0;
    if (child < 0)
        return error_sys(err, "fork a child that parses");
    p->children[number] = child;
    if (child > 0)
        return true;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != p->self)
        _exit(1);
    p->crew->number = number;
    return true;
}

static uint32_t number_of(const struct parent *p, pid_t child)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->children[i] == child)
            return i;
    return p->count;
}

/* One that ended by itself is done; the place of one that was killed is taken by another. */
static bool see_to(struct parent *p, pid_t child, int status, bool *ret_child, struct error *err)
{
    uint32_t number = number_of(p, child);
    if (number == p->count || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return true;
    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    if (++p->deaths > CREW_DEATHS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d files broke the parser", CREW_DEATHS_MAX);
    p->crew->given_up = p->crew->shared->doing[number];
    p->crew->how = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF ? CREW_SLOW : CREW_BROKEN;
    return bear(p, number, ret_child, err);
}

static bool look_after(struct parent *p, bool *ret_child, struct error *err)
{
    for (;;) {
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno == ECHILD)
            _exit(0);
        if (ended < 0 && errno != EINTR)
            return error_sys(err, "wait for the children that parse");
        if (ended > 0 && !see_to(p, ended, status, ret_child, err))
            return false;
        if (*ret_child)
            return true;
    }
}

bool crew_begin(struct crew *ret, uint32_t children, uint32_t slow_ms, struct error *err)
{
    bool child = false;
    struct parent p = {.crew = ret, .count = children, .self = getpid()};
    assert(children <= CREW_MAX);
    *ret = (struct crew){.slow_ms = slow_ms, .given_up = CREW_NONE, .lock = -1};
    if (children == 0) {
        static struct crew_shared alone;
        ret->shared = &alone;
        return true;
    }
    ret->lock = memfd_create("lock", MFD_CLOEXEC);
    if (ret->lock < 0)
        return error_sys(err, "make a lock");
    ret->shared =
        mmap(NULL, sizeof *ret->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ret->shared == MAP_FAILED)
        return error_sys(err, "share the steps");
    for (uint32_t i = 0; i < CREW_MAX; i++)
        ret->shared->doing[i] = CREW_NONE;
    for (uint32_t i = 0; i < children && !child; i++)
        if (!bear(&p, i, &child, err))
            return false;
    return child || look_after(&p, &child, err);
}

/* The signal ends the child, and its parent goes on with another. */
static void limit_step(uint32_t ms)
{
    const struct itimerval once = {.it_value = {ms / 1000, ms % 1000 * 1000}};
    setitimer(ITIMER_PROF, &once, NULL);
}

bool crew_next(struct crew *crew, uint32_t count, uint32_t *ret_step, enum crew_turn *ret_turn)
{
    _Atomic uint32_t *doing = &crew->shared->doing[crew->number];
    *ret_turn = crew->given_up != CREW_NONE ? crew->how : CREW_DO;
    if (*ret_turn != CREW_DO) {
        *ret_step = crew->given_up;
        crew->given_up = CREW_NONE;
        *doing = CREW_NONE;
        limit_step(0);
        return true;
    }
    *ret_step = atomic_fetch_add(&crew->shared->next, 1);
    *doing = *ret_step < count ? *ret_step : CREW_NONE;
    limit_step(*ret_step < count ? crew->slow_ms : 0);
    return *ret_step < count;
}

/* The kernel gives the lock back when its holder dies. */
bool crew_tell(const struct crew *crew, struct str lines, struct error *err)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (crew->lock < 0)
        return fd_write_all(STDOUT_FILENO, lines, err);
    while (fcntl(crew->lock, F_SETLKW, &all) < 0)
        if (errno != EINTR)
            return error_sys(err, "lock what is told");
    bool ok = fd_write_all(STDOUT_FILENO, lines, err);
    all.l_type = F_UNLCK;
    return (fcntl(crew->lock, F_SETLK, &all) == 0 || error_sys(err, "unlock")) && ok;
}
