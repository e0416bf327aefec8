#include "run/boxed.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/capture.h"
#include "run/feed.h"
#include "run/joint.h"
#include "run/terminal.h"
#include "sys/fd.h"
#include "wire/box_wire.h"

enum { OUTPUT_FACTOR = 64 /* of the limit: past that the box is ended */, REFUSALS_MAX = 1000 };

enum {
    PATIENCE_MS = 5000,
    SECOND_CHANCE_MS = 2000,
    PATIENCE_PREPARE_MS = 40000 /* more than the broker's own */
};

struct boxed {
    struct asker *asker;
    struct loop *loop;
    struct asker_box place; /* among the asker's boxes */
    struct boxed_job job;   /* without its spec */
    struct run_io io;
    struct limits limits;
    struct run_result *result;
    struct boxed_outcome outcome;
    struct capture captures[2];
    struct feed feed;
    struct terminal terminal;
    int stdin_sink; /* until the feed has it */
    struct loop_timer idle, farewell, patience;
    struct joint *reads, *writes; /* what it is joined with, or NULL */
    bool had_second_chance;
    bool overflowed;
    bool was_ended; /* by us, perhaps before it began */
    bool asked;     /* the broker knows the box */
    bool is_over;   /* there is nothing more to hear: done is called, or will be at once */
    bool failed;
    struct error error;
};

/* ---- the end -------------------------------------------------------------------------------- */

static void part_joints(struct boxed *b)
{
    if (b->writes != NULL) {
        joint_set_writer(b->writes, NULL, NULL);
        joint_end(b->writes);
    }
    if (b->reads != NULL)
        joint_break(b->reads);
    b->reads = b->writes = NULL;
}

static void let_go(struct boxed *b)
{
    part_joints(b);
    loop_clear_timer(b->loop, &b->idle);
    loop_clear_timer(b->loop, &b->patience);
    feed_end(&b->feed);
    terminal_part(&b->terminal);
    fd_close_at(&b->stdin_sink);
    for (int i = 0; i < 2; i++)
        loop_remove(b->loop, b->captures[i].from);
    asker_leave(b->asker, &b->place);
    b->is_over = true;
}

static void say_goodbye(void *cookie)
{
    struct boxed *b = cookie;
    b->job.done(b->job.cookie);
}

/* Whoever called us goes on to use the box: `done`, which may free it, waits for the loop. */
static void finish(struct boxed *b)
{
    let_go(b);
    loop_set_timer(b->loop, &b->farewell, 0, say_goodbye, b);
}

static bool say_kill(struct boxed *b, enum box_cause cause, struct error *err)
{
    auto_buf struct buf payload;
    buf_init(&payload, 16);
    wire_put_cause(&payload, cause);
    return asker_say(b->asker, WIRE_BOX_KILL, b->place.id, buf_str(&payload), NULL, 0, err);
}

/* A box that nobody listens to any more must not go on. */
static void give_up(struct boxed *b)
{
    struct error unheard;
    if (b->asked && !b->is_over)
        (void)say_kill(b, BOX_CAUSE_CANCELED, &unheard);
}

static void fail(struct boxed *b)
{
    if (b->is_over)
        return;
    give_up(b);
    b->failed = true;
    finish(b);
}

/* ---- a broker that says nothing ------------------------------------------------------------- */

static void be_patient(struct boxed *b, int64_t ms);

/* The first time it may have been us who were stopped, by Ctrl-Z, and both have just gone on. */
static void on_patience(void *cookie)
{
    struct boxed *b = cookie;
    if (!b->had_second_chance) {
        b->had_second_chance = true;
        be_patient(b, SECOND_CHANCE_MS);
        return;
    }
    b->asked = false;
    error_set(&b->error, ERROR_INTERRUPTED, "the broker does not answer");
    error_hint(&b->error, "was it stopped (kill -STOP), or is the machine overloaded?");
    error_stage(&b->error, "broker");
    fail(b);
}

/* The limits are kept by the broker: were it stopped, nobody would keep them. */
static void be_patient(struct boxed *b, int64_t ms)
{
    loop_set_timer(b->loop, &b->patience, clock_now_ns() + ms * 1000000, on_patience, b);
}

static void kill_box(struct boxed *b, enum box_cause cause)
{
    if (b->is_over)
        return;
    b->was_ended = true;
    be_patient(b, PATIENCE_MS);
    if (!say_kill(b, cause, &b->error))
        fail(b);
}

void boxed_cancel(struct boxed *boxed)
{
    kill_box(boxed, BOX_CAUSE_CANCELED);
}

/* ---- output --------------------------------------------------------------------------------- */

static void read_output(struct boxed *b, struct capture *capture);

/* Where we ourselves were busy, what it has said may still wait in the pipe. */
static bool has_spoken(struct boxed *b)
{
    struct pollfd waits[2];
    for (int i = 0; i < 2; i++)
        waits[i] = (struct pollfd){b->captures[i].ended ? -1 : b->captures[i].from, POLLIN, 0};
    return poll(waits, 2, 0) > 0;
}

static void on_idle(void *cookie);

static void wind_idle(struct boxed *b)
{
    int64_t limit = b->limits.value[LIMIT_IDLE];
    if (limit > 0)
        loop_set_timer(b->loop, &b->idle, clock_now_ns() + limit * 1000000, on_idle, b);
}

static void on_idle(void *cookie)
{
    struct boxed *b = cookie;
    if (has_spoken(b))
        wind_idle(b);
    else
        kill_box(b, BOX_CAUSE_IDLE);
}

static void check_flood(struct boxed *b, const struct capture *capture)
{
    int64_t limit = b->limits.value[LIMIT_OUTPUT];
    if (capture->closed)
        kill_box(b, BOX_CAUSE_CANCELED); /* whoever read our output has gone */
    else if (capture == &b->captures[0] && b->writes != NULL)
        return; /* it is read, and he who reads sets the pace */
    else if (capture->total > limit * OUTPUT_FACTOR)
        kill_box(b, BOX_CAUSE_OUTPUT);
}

static void read_output(struct boxed *b, struct capture *capture)
{
    bool more;
    if (!capture_read(capture, &more, &b->error) || b->overflowed) {
        fail(b);
        return;
    }
    if (capture->ended)
        loop_remove(b->loop, capture->from);
    wind_idle(b);
    check_flood(b, capture);
}

/* Somebody else reads it: when it has ended, so has he, and when he is behind, it waits. */
static void mind_reader(struct boxed *b)
{
    struct capture *capture = &b->captures[0];
    if (b->writes == NULL)
        return;
    if (capture->ended)
        joint_end(b->writes);
    else if (!joint_has_room(b->writes))
        loop_remove(b->loop, capture->from);
}

static void on_stdout(void *cookie)
{
    struct boxed *b = cookie;
    read_output(b, &b->captures[0]);
    mind_reader(b);
}

static void on_stderr(void *cookie)
{
    struct boxed *b = cookie;
    read_output(b, &b->captures[1]);
}

/* ---- output that another box reads ---------------------------------------------------------- */

static void on_joined_bytes(void *cookie, struct str bytes)
{
    struct boxed *b = cookie;
    if (b->writes == NULL || joint_put(b->writes, bytes))
        return;
    error_set(&b->error, ERROR_LIMIT, "a pipe of the guest's holds more than we keep");
    b->overflowed = true;
}

static void on_joint_room(void *cookie)
{
    struct boxed *b = cookie;
    struct capture *capture = &b->captures[0];
    if (capture->ended || b->is_over)
        return;
    if (!loop_add(b->loop, capture->from, EPOLLIN, on_stdout, b, &b->error))
        fail(b);
}

/* As when the one who reads a pipe goes: the next that is written meets EPIPE. */
static void on_joint_gone(void *cookie)
{
    struct boxed *b = cookie;
    struct capture *capture = &b->captures[0];
    loop_remove(b->loop, capture->from);
    fd_close_at(&capture->from);
    capture->ended = true;
}

static void join_output(struct boxed *b, struct capture *capture)
{
    static const struct joint_events events = {on_joint_room, on_joint_gone};
    capture->hear = on_joined_bytes;
    capture->hear_cookie = b;
    joint_set_writer(b->writes, &events, b);
}

/* Every process of the box is dead: what is in the pipes is all that comes. */
static bool drain(struct boxed *b)
{
    for (int i = 0; i < 2; i++) {
        for (bool more = true; more && !b->captures[i].ended;)
            if (!capture_read(&b->captures[i], &more, &b->error) || b->overflowed)
                return false;
    }
    return true;
}

/* Programs open /dev/stdin and /dev/stdout by name, and the guest's user is not ours. Only the
 * guest's own end: the kernel lets whoever has one find the other. */
static bool let_reopen(int fd, mode_t mode, struct error *err)
{
    return fchmod(fd, mode) == 0 || error_sys(err, "let the box open its streams by name");
}

static bool open_output(struct boxed *b, struct box_spec *spec, int which, struct error *err)
{
    int ends[2];
    if (!fd_pipe(ends, err))
        return false;
    spec->stdio[which + 1] = ends[1];
    struct capture *capture = &b->captures[which];
    capture_init(capture, ends[0], b->limits.value[LIMIT_OUTPUT]);
    capture->cancel_fd = b->io.cancel_fd;
    if (!let_reopen(ends[1], 0222, err))
        return false;
    if (which == 0 && b->job.reads) {
        capture->hear = b->io.hear;
        capture->hear_cookie = b->io.hear_cookie;
    }
    if (which == 0 && b->writes != NULL) {
        join_output(b, capture);
    } else if (b->job.stream) {
        capture->to = b->job.all_to_err ? 2 : which + 1;
        capture->escape = capture->to == 1 ? b->io.escape_stdout : b->io.escape_stderr;
    }
    return fd_set_nonblocking(ends[0], err);
}

/* ---- input ---------------------------------------------------------------------------------- */

static bool is_null_device(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
}

static bool open_input(struct boxed *b, struct box_spec *spec, struct error *err)
{
    int source = b->job.reads ? b->io.stdin_fd : -1;
    if (b->reads == NULL && (source < 0 || is_null_device(source))) {
        spec->stdio[0] = fd_open(AT_FDCWD, "/dev/null", O_RDONLY, 0, err);
        return spec->stdio[0] >= 0;
    }
    int ends[2];
    if (!fd_pipe(ends, err))
        return false;
    spec->stdio[0] = ends[0];
    b->stdin_sink = ends[1];
    if (!let_reopen(ends[0], 0444, err))
        return false;
    return fd_set_nonblocking(ends[1], err);
}

/* ---- a terminal ----------------------------------------------------------------------------- */

static void on_terminal_heard(void *cookie, int64_t total)
{
    struct boxed *b = cookie;
    wind_idle(b);
    if (total > b->limits.value[LIMIT_OUTPUT] * OUTPUT_FACTOR)
        kill_box(b, BOX_CAUSE_OUTPUT);
}

static void on_terminal_left(void *cookie)
{
    kill_box(cookie, BOX_CAUSE_CANCELED);
}

static bool get_terminal(struct boxed *b, struct wire_message *message)
{
    static const struct terminal_events events = {on_terminal_heard, on_terminal_left};
    auto_close int far_end = wire_message_take_fd(message, 0);
    if (far_end < 0 || b->io.console == NULL || b->terminal.loop != NULL)
        return error_set(&b->error, ERROR_INTERNAL, "the broker sent no terminal, or one too many");
    return terminal_join(&b->terminal, b->loop, b->io.console, fd_steal(&far_end), &events, b,
                         &b->error);
}

/* The broker wants three all the same; the box puts its terminal in their places. */
static bool open_nothing(struct boxed *b, struct box_spec *spec, struct error *err)
{
    struct winsize size = console_size(b->io.console);
    spec->rows = size.ws_row;
    spec->columns = size.ws_col;
    for (int i = 0; i < 2; i++) {
        capture_init(&b->captures[i], -1, b->limits.value[LIMIT_OUTPUT]);
        b->captures[i].ended = true;
    }
    for (int i = 0; i < 3; i++) {
        spec->stdio[i] = fd_open(AT_FDCWD, "/dev/null", O_RDWR, 0, err);
        if (spec->stdio[i] < 0)
            return false;
    }
    return true;
}

/* ---- the broker's word ---------------------------------------------------------------------- */

static bool say_start(struct boxed *b, struct error *err)
{
    return asker_say(b->asker, WIRE_BOX_START, b->place.id, (struct str){}, NULL, 0, err);
}

static bool waits_for_us(const struct boxed *b)
{
    return b->job.fill != NULL || b->job.prepared != NULL;
}

/* From now on the program may be at work. */
static bool attend(struct boxed *b, struct error *err)
{
    wind_idle(b);
    be_patient(b, b->limits.value[LIMIT_WALL] + PATIENCE_MS);
    if (b->stdin_sink < 0)
        return true;
    if (b->reads != NULL)
        return joint_take_sink(b->reads, fd_steal(&b->stdin_sink), err);
    return feed_begin(&b->feed, b->loop, b->io.stdin_fd, fd_steal(&b->stdin_sink), err);
}

bool boxed_go(struct boxed *boxed, struct error *err)
{
    if (boxed->is_over || boxed->was_ended)
        return true; /* its end is what comes next */
    return say_start(boxed, err) && attend(boxed, err);
}

static bool get_ready(struct boxed *b, struct wire_message *message)
{
    if (!wire_get_isolation(buf_str(&message->payload), &b->outcome.isolation, &b->error))
        return false;
    fd_replace(&b->outcome.work, wire_message_take_fd(message, 0));
    if (b->outcome.work < 0)
        return error_set(&b->error, ERROR_INTERNAL, "the broker sent no work folder");
    if (b->job.fill != NULL && !b->job.fill(b->outcome.work, b->job.cookie, &b->error))
        return false;
    b->outcome.ready_ns = clock_now_ns();
    if (b->was_ended)
        return true; /* while it was filled: its end is what comes next */
    if (b->job.prepared == NULL)
        return (!waits_for_us(b) || say_start(b, &b->error)) && attend(b, &b->error);
    loop_clear_timer(b->loop, &b->patience);
    b->job.prepared(b->job.cookie);
    return true;
}

static void note_refusal(struct run_result *result, const struct box_refusal *what)
{
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

static bool get_refusal(struct boxed *b, const struct wire_message *message)
{
    struct box_refusal refusal;
    if (!wire_get_refusal(buf_str(&message->payload), &refusal, &b->error))
        return false;
    note_refusal(b->result, &refusal);
    return true;
}

/* The broker has told the box's end: it knows the box no more. */
static bool get_end(struct boxed *b, const struct wire_message *message)
{
    b->asked = false;
    if (!wire_get_end(buf_str(&message->payload), &b->outcome.end, &b->error) || !drain(b))
        return false;
    finish(b);
    return true;
}

static bool get_failure(struct boxed *b, const struct wire_message *message)
{
    struct error theirs;
    b->asked = false;
    if (wire_get_error(buf_str(&message->payload), &theirs, &b->error))
        b->error = theirs;
    return false;
}

static bool get_message(struct boxed *b, struct wire_message *message)
{
    switch (message->kind) {
    case WIRE_BOX_READY:
        return get_ready(b, message);
    case WIRE_BOX_TERMINAL:
        return get_terminal(b, message);
    case WIRE_BOX_REFUSAL:
        return get_refusal(b, message);
    case WIRE_BOX_ENDED:
        return get_end(b, message);
    case WIRE_BOX_FAILED:
        return get_failure(b, message);
    case WIRE_NONE:
    case WIRE_BOX_PREPARE:
    case WIRE_BOX_START:
    case WIRE_BOX_RUN:
    case WIRE_BOX_KILL:
    case WIRE_POOL_WANT:
    case WIRE_KINDS:
        break;
    }
    return error_set(&b->error, ERROR_INTERNAL, "the broker says what it cannot say");
}

static void on_word(void *cookie, struct wire_message *message, const struct error *lost)
{
    struct boxed *b = cookie;
    if (message == NULL) {
        b->asked = false;
        b->error = *lost;
        fail(b);
    } else if (!get_message(b, message)) {
        fail(b);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool ask(struct boxed *b, const struct box_spec *spec, struct error *err)
{
    auto_buf struct buf payload;
    int fds[MESSAGE_FDS_MAX];
    buf_init(&payload, WIRE_PAYLOAD_MAX);
    int count = wire_put_spec(&payload, spec, fds);
    if (payload.over)
        return error_set(err, ERROR_LIMIT, "arguments and environment are too large");
    enum wire_kind wish = waits_for_us(b) ? WIRE_BOX_PREPARE : WIRE_BOX_RUN;
    if (!asker_say(b->asker, wish, b->place.id, buf_str(&payload), fds, count, err))
        return false;
    b->asked = true;
    be_patient(b, PATIENCE_PREPARE_MS);
    return true;
}

static bool watch(struct boxed *b, struct error *err)
{
    if (b->captures[0].ended)
        return true;
    return loop_add(b->loop, b->captures[0].from, EPOLLIN, on_stdout, b, err) &&
           loop_add(b->loop, b->captures[1].from, EPOLLIN, on_stderr, b, err);
}

static bool begin(struct boxed *b, struct box_spec *spec, struct error *err)
{
    for (int i = 0; i < 3; i++)
        spec->stdio[i] = -1;
    bool opened = spec->terminal ? open_nothing(b, spec, err)
                                 : open_input(b, spec, err) && open_output(b, spec, 0, err) &&
                                       open_output(b, spec, 1, err);
    bool ok = opened && ask(b, spec, err);
    for (int i = 0; i < 3; i++)
        fd_close_at(&spec->stdio[i]);
    return ok && watch(b, err);
}

struct boxed *boxed_start(struct asker *asker, const struct boxed_job *job,
                          struct run_result *result, struct error *err)
{
    struct boxed *b = mem_alloc(sizeof *b);
    b->asker = asker;
    b->loop = asker_loop(asker);
    b->job = *job;
    b->job.spec = NULL;
    b->io = *job->io;
    b->limits = job->spec->limits;
    b->reads = job->reads ? job->io->reads : NULL;
    b->writes = job->reads ? job->io->writes : NULL;
    b->result = result;
    b->stdin_sink = b->outcome.work = -1;
    b->captures[0].from = b->captures[1].from = -1;
    asker_enter(asker, &b->place, on_word, b);
    if (begin(b, job->spec, err))
        return b;
    boxed_free(b);
    error_stage(err, "run");
    return NULL;
}

bool boxed_take(struct boxed *boxed, struct boxed_outcome *ret_outcome, struct error *err)
{
    if (boxed->failed) {
        *err = boxed->error;
        return error_stage(err, "run");
    }
    *ret_outcome = boxed->outcome;
    ret_outcome->out = capture_finish(&boxed->captures[0], &boxed->result->arena);
    ret_outcome->err = capture_finish(&boxed->captures[1], &boxed->result->arena);
    boxed->outcome.work = -1; /* the caller's now */
    return true;
}

void boxed_free(struct boxed *boxed)
{
    if (boxed == NULL)
        return;
    give_up(boxed);
    let_go(boxed);
    loop_clear_timer(boxed->loop, &boxed->farewell);
    capture_done(&boxed->captures[0]);
    capture_done(&boxed->captures[1]);
    fd_close_at(&boxed->outcome.work);
    free(boxed);
}
