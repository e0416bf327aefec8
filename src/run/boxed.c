#include "run/boxed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/capture.h"
#include "run/feed.h"
#include "sys/fd.h"
#include "sys/loop.h"
#include "wire/box_wire.h"
#include "wire/wire.h"

enum { OUTPUT_FACTOR = 64 /* of the limit: past that the box is ended */, REFUSALS_MAX = 1000 };

struct boxed {
    const struct boxed_job *job;
    struct run_result *result;
    struct boxed_outcome outcome;
    struct loop *loop;
    struct capture captures[2];
    struct feed feed;
    int stdin_sink; /* until the feed has it */
    struct loop_timer idle;
    uint32_t refusal_room;
    bool done, failed;
    struct error *err;
};

static void fail(struct boxed *b)
{
    b->failed = true;
    loop_stop(b->loop);
}

static void kill_box(struct boxed *b, enum box_cause cause)
{
    auto_buf struct buf payload;
    buf_init(&payload, 16);
    wire_put_cause(&payload, cause);
    if (!wire_send(b->job->broker, WIRE_BOX_KILL, b->job->id, buf_str(&payload), NULL, 0, b->err))
        fail(b);
}

/* ---- output --------------------------------------------------------------------------------- */

static void on_idle(void *cookie)
{
    kill_box(cookie, BOX_CAUSE_IDLE);
}

static void wind_idle(struct boxed *b)
{
    int64_t limit = b->job->spec->limits.value[LIMIT_IDLE];
    if (limit > 0)
        loop_set_timer(b->loop, &b->idle, clock_now_ns() + limit * 1000000, on_idle, b);
}

static void check_flood(struct boxed *b, const struct capture *capture)
{
    int64_t limit = b->job->spec->limits.value[LIMIT_OUTPUT];
    if (capture->closed)
        kill_box(b, BOX_CAUSE_CANCELED); /* whoever read our output has gone */
    else if (capture->total > limit * OUTPUT_FACTOR)
        kill_box(b, BOX_CAUSE_OUTPUT);
}

static void read_output(struct boxed *b, struct capture *capture)
{
    bool more;
    if (!capture_read(capture, &more, b->err)) {
        fail(b);
        return;
    }
    if (capture->ended)
        loop_remove(b->loop, capture->from);
    wind_idle(b);
    check_flood(b, capture);
}

static void on_stdout(void *cookie)
{
    struct boxed *b = cookie;
    read_output(b, &b->captures[0]);
}

static void on_stderr(void *cookie)
{
    struct boxed *b = cookie;
    read_output(b, &b->captures[1]);
}

/* Every process of the box is dead: what is in the pipes is all that comes. */
static bool drain(struct boxed *b)
{
    for (int i = 0; i < 2; i++) {
        for (bool more = true; more && !b->captures[i].ended;)
            if (!capture_read(&b->captures[i], &more, b->err))
                return false;
    }
    return true;
}

static bool open_output(struct boxed *b, int which, struct error *err)
{
    int ends[2];
    const struct run_io *io = b->job->io;
    if (!fd_pipe(ends, err))
        return false;
    b->job->spec->stdio[which + 1] = ends[1];
    struct capture *capture = &b->captures[which];
    capture_init(capture, ends[0], b->job->spec->limits.value[LIMIT_OUTPUT]);
    capture->cancel_fd = io->cancel_fd;
    if (b->job->stream) {
        capture->to = b->job->all_to_err ? 2 : which + 1;
        capture->escape = capture->to == 1 ? io->escape_stdout : io->escape_stderr;
    }
    return fd_set_nonblocking(ends[0], err);
}

/* ---- input ---------------------------------------------------------------------------------- */

static bool is_null_device(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
}

static bool open_input(struct boxed *b, struct error *err)
{
    int source = b->job->reads ? b->job->io->stdin_fd : -1;
    if (source < 0 || is_null_device(source)) {
        b->job->spec->stdio[0] = fd_open(AT_FDCWD, "/dev/null", O_RDONLY, 0, err);
        return b->job->spec->stdio[0] >= 0;
    }
    int ends[2];
    if (!fd_pipe(ends, err))
        return false;
    b->job->spec->stdio[0] = ends[0];
    b->stdin_sink = ends[1];
    return fd_set_nonblocking(ends[1], err);
}

/* ---- the broker's word ---------------------------------------------------------------------- */

static bool say_start(struct boxed *b)
{
    return wire_send(b->job->broker, WIRE_BOX_START, b->job->id, (struct str){}, NULL, 0, b->err);
}

static bool get_ready(struct boxed *b, struct wire_message *message)
{
    if (!wire_get_isolation(buf_str(&message->payload), &b->outcome.isolation, b->err))
        return false;
    fd_replace(&b->outcome.work, wire_message_take_fd(message, 0));
    if (b->outcome.work < 0)
        return error_set(b->err, ERROR_INTERNAL, "the broker sent no work folder");
    bool waits = b->job->fill != NULL;
    if (waits && !b->job->fill(b->outcome.work, b->job->cookie, b->err))
        return false;
    b->outcome.ready_ns = clock_now_ns();
    if (waits && !say_start(b))
        return false;
    wind_idle(b);
    return b->stdin_sink < 0 ||
           feed_begin(&b->feed, b->loop, b->job->io->stdin_fd, fd_steal(&b->stdin_sink), b->err);
}

static void note_refusal(struct boxed *b, const struct box_refusal *what)
{
    struct run_result *result = b->result;
    for (uint32_t i = 0; i < result->refusal_count; i++) {
        struct run_refusal *known = &result->refusals[i];
        if (known->what.call == what->call && known->what.number == what->number &&
            known->what.argument == what->argument && strcmp(known->what.path, what->path) == 0) {
            known->count++;
            return;
        }
    }
    if (result->refusal_count == REFUSALS_MAX)
        return;
    if (result->refusals == NULL)
        result->refusals = arena_alloc(&result->arena, REFUSALS_MAX * sizeof *result->refusals);
    result->refusals[result->refusal_count++] = (struct run_refusal){*what, 1};
}

static bool get_refusal(struct boxed *b, struct wire_message *message)
{
    struct box_refusal refusal;
    if (!wire_get_refusal(buf_str(&message->payload), &refusal, b->err))
        return false;
    note_refusal(b, &refusal);
    return true;
}

static bool get_failure(struct boxed *b, struct wire_message *message)
{
    struct error theirs;
    if (!wire_get_error(buf_str(&message->payload), &theirs, b->err))
        return false;
    *b->err = theirs;
    return false;
}

static bool get_message(struct boxed *b, struct wire_message *message)
{
    switch (message->kind) {
    case WIRE_BOX_READY:
        return get_ready(b, message);
    case WIRE_BOX_REFUSAL:
        return get_refusal(b, message);
    case WIRE_BOX_ENDED:
        b->done = wire_get_end(buf_str(&message->payload), &b->outcome.end, b->err) && drain(b);
        return b->done;
    case WIRE_BOX_FAILED:
        return get_failure(b, message);
    case WIRE_NONE:
    case WIRE_BOX_PREPARE:
    case WIRE_BOX_START:
    case WIRE_BOX_KILL:
    case WIRE_POOL_WANT:
    case WIRE_KINDS:
        break;
    }
    error_set(b->err, ERROR_INTERRUPTED, "the broker has ended before its work was done");
    return error_stage(b->err, "broker");
}

/* Box 0 is the broker itself; what concerns an earlier box of ours comes too late to matter. */
static void on_broker(void *cookie)
{
    struct boxed *b = cookie;
    struct wire_message message;
    if (!wire_receive(b->job->broker, TO_ASKER, &message, b->err)) {
        fail(b);
        return;
    }
    bool ours = message.kind == WIRE_NONE || message.id == b->job->id || message.id == 0;
    bool ok = !ours || get_message(b, &message);
    wire_message_done(&message);
    if (!ok)
        fail(b);
    else if (b->done)
        loop_stop(b->loop);
}

static void on_cancel(void *cookie)
{
    struct boxed *b = cookie;
    loop_remove(b->loop, b->job->io->cancel_fd);
    kill_box(b, BOX_CAUSE_CANCELED);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void close_stdio(struct box_spec *spec)
{
    for (int i = 0; i < 3; i++)
        fd_close_at(&spec->stdio[i]);
}

static bool ask(struct boxed *b)
{
    auto_buf struct buf payload;
    int fds[MESSAGE_FDS_MAX];
    buf_init(&payload, WIRE_PAYLOAD_MAX);
    int count = wire_put_spec(&payload, b->job->spec, fds);
    if (payload.over)
        return error_set(b->err, ERROR_LIMIT, "arguments and environment are too large");
    bool ok = wire_send(b->job->broker, WIRE_BOX_PREPARE, b->job->id, buf_str(&payload), fds, count,
                        b->err) &&
              (b->job->fill != NULL || say_start(b));
    /* a broker that could not begin has said why before it went: that is the better answer */
    return ok || b->err->number == EPIPE || b->err->number == ECONNRESET;
}

static bool watch(struct boxed *b)
{
    const struct run_io *io = b->job->io;
    return loop_add(b->loop, b->job->broker, EPOLLIN, on_broker, b, b->err) &&
           loop_add(b->loop, b->captures[0].from, EPOLLIN, on_stdout, b, b->err) &&
           loop_add(b->loop, b->captures[1].from, EPOLLIN, on_stderr, b, b->err) &&
           (io->cancel_fd < 0 || loop_add(b->loop, io->cancel_fd, EPOLLIN, on_cancel, b, b->err));
}

static bool go_through(struct boxed *b)
{
    bool ok =
        open_input(b, b->err) && open_output(b, 0, b->err) && open_output(b, 1, b->err) && ask(b);
    close_stdio(b->job->spec);
    return ok && watch(b) && loop_run(b->loop, b->err) && !b->failed;
}

static void boxed_done(struct boxed **at)
{
    struct boxed *b = *at;
    feed_end(&b->feed);
    fd_close_at(&b->stdin_sink);
    capture_done(&b->captures[0]);
    capture_done(&b->captures[1]);
    fd_close_at(&b->outcome.work);
    loop_free(b->loop);
    free(b);
}

bool boxed_run(const struct boxed_job *job, struct run_result *result,
               struct boxed_outcome *ret_outcome, struct error *err)
{
    __attribute__((cleanup(boxed_done))) struct boxed *b = mem_alloc(sizeof *b);
    b->job = job;
    b->result = result;
    b->err = err;
    b->stdin_sink = b->outcome.work = -1;
    b->captures[0].from = b->captures[1].from = -1;
    for (int i = 0; i < 3; i++)
        job->spec->stdio[i] = -1;
    b->loop = loop_new(err);
    if (b->loop == NULL || !go_through(b))
        return error_stage(err, "run");
    *ret_outcome = b->outcome;
    ret_outcome->out = capture_finish(&b->captures[0], &result->arena);
    ret_outcome->err = capture_finish(&b->captures[1], &result->arena);
    b->outcome.work = -1; /* the caller's now */
    return true;
}
