/* One plan, on a loop of its own. */
#include "run/run.h"

#include <sys/epoll.h>

#include "run/asker.h"
#include "sys/loop.h"

struct alone {
    struct loop *loop;
    struct asker *asker;
    struct run *run;
    int cancel_fd;
};

static void on_cancel(void *cookie)
{
    struct alone *alone = cookie;
    loop_remove(alone->loop, alone->cancel_fd);
    run_cancel(alone->run);
}

static void on_done(void *cookie, struct run *run)
{
    struct alone *alone = cookie;
    (void)run;
    loop_stop(alone->loop);
}

static void alone_done(struct alone *alone)
{
    run_free(alone->run);
    asker_free(alone->asker);
    loop_free(alone->loop);
}

bool run_plan(int broker, const struct plan *plan, const struct run_io *io,
              struct run_result *ret_result, struct error *err)
{
    __attribute__((cleanup(alone_done))) struct alone alone = {.cancel_fd = io->cancel_fd};
    alone.loop = loop_new(err);
    if (alone.loop == NULL)
        return false;
    alone.asker = asker_new(broker, alone.loop, err);
    if (alone.asker == NULL || (io->cancel_fd >= 0 && !loop_add(alone.loop, io->cancel_fd, EPOLLIN,
                                                                on_cancel, &alone, err)))
        return false;
    alone.run = run_start(alone.asker, plan, io, on_done, &alone, err);
    return alone.run != NULL && loop_run(alone.loop, err) && run_take(alone.run, ret_result, err);
}
