#include "worker/lasting.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool wait_for(pid_t child, int *ret_status, struct error *err)
{
    pid_t ended;
    do
        ended = waitpid(child, ret_status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == child || error_sys(err, "wait for the child that parses");
}

/* The child comes back with true, the parent with the error that ends it. */
static bool bear(struct lasting *lasting, struct error *err)
{
    for (uint32_t deaths = 0; deaths <= LASTING_DEATHS_MAX; deaths++) {
        int status;
        pid_t parent = getpid(), child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            return getppid() == parent || error_set(err, ERROR_INTERRUPTED, "the parent has gone");
        }
        if (child < 0)
            return error_sys(err, "fork a child that parses");
        if (!wait_for(child, &status, err))
            return false;
        if (WIFEXITED(status))
            _exit(WEXITSTATUS(status));
        lasting->died = true;
        lasting->first = *lasting->shared + 1;
    }
    return error_set(err, ERROR_LIMIT, "more than %d sources broke the parser", LASTING_DEATHS_MAX);
}

bool lasting_begin(struct lasting *ret, struct error *err)
{
    *ret = (struct lasting){};
    ret->shared =
        mmap(NULL, sizeof *ret->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ret->shared == MAP_FAILED)
        return error_sys(err, "share a number");
    return bear(ret, err);
}

enum lasting_turn lasting_next(struct lasting *lasting)
{
    uint32_t step = lasting->next++;
    if (step < lasting->first)
        return lasting->died && step + 1 == lasting->first ? LASTING_BROKEN : LASTING_DONE;
    *lasting->shared = step;
    return LASTING_DO;
}
