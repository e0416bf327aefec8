#include "cli/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/batch_item.h"
#include "cli/builds_open.h"
#include "cli/cancel.h"
#include "cli/cli.h"
#include "cli/lines.h"
#include "cli/outlet.h"
#include "cli/run_output.h"
#include "model/request_read.h"
#include "model/verdict.h"
#include "role/broker.h"
#include "run/asker.h"
#include "run/store.h"
#include "sys/fd.h"

enum {
    READY_MAX = 16,        /* boxes that wait for requests */
    WAITING_MAX = 1 << 20, /* bytes of results; then nothing is begun */
    TURN_LINES = 64,       /* read without looking at anything else */
    LAST_WORDS_MS = 2000,  /* for a reader to take what was canceled */
};

struct batch {
    const struct batch_options *options;
    const struct batch_trade *trade;
    int jobs, cancel_fd;
    struct loop *loop;
    struct private_broker broker;
    struct asker *asker;
    struct store *store; /* or NULL */
    struct lines lines;
    struct outlet *outlet;
    struct batch_item *first, **last; /* in the order of the requests */
    int running;
    size_t held; /* bytes of results that wait for an earlier one */
    int64_t next_index;
    bool input_is_watched, input_is_over, canceled, trouble;
    struct loop_timer again, last_words;
};

/* ---- results -------------------------------------------------------------------------------- */

static void unlink_item(struct batch *batch, struct batch_item *item)
{
    struct batch_item **at = &batch->first;
    while (*at != item)
        at = &(*at)->next;
    *at = item->next;
    if (batch->last == &item->next)
        batch->last = at;
}

static void give_out(struct batch *batch, struct batch_item *item)
{
    unlink_item(batch, item);
    outlet_take(batch->outlet, &item->said);
    batch_item_free(item);
}

/* What has ended goes out: at once, or when all before it have. */
static void settle(struct batch *batch, struct batch_item *item)
{
    if (!batch->options->ordered) {
        give_out(batch, item);
        return;
    }
    batch->held += item->said.len;
    while (batch->first != NULL && batch->first->has_ended) {
        batch->held -= batch->first->said.len;
        give_out(batch, batch->first);
    }
}

static void pump(void *cookie);

static void on_item_end(void *cookie, struct batch_item *item)
{
    struct batch *batch = cookie;
    batch->running -= (int)item->boxes;
    batch->trouble = batch->trouble || item->failed;
    settle(batch, item);
    pump(batch);
}

/* ---- requests ------------------------------------------------------------------------------- */

static struct batch_item *add_item(struct batch *batch)
{
    struct batch_item *item = batch_item_new(batch->next_index++, batch->lines.number);
    *batch->last = item;
    batch->last = &item->next;
    return item;
}

static bool is_blank(struct str line)
{
    return str_trim(line).len == 0;
}

static void begin(struct batch *batch, struct str line)
{
    struct batch_item *item = add_item(batch);
    const struct batch_place place = {
        batch->trade, batch->asker, batch->store, batch->options->out_dir, on_item_end, batch};
    struct error err = {};
    if (batch_item_begin(item, line, &place, &err)) {
        batch->running +=
            (int)item->boxes; /* a chain's pipes have several: a little above is fine */
        return;
    }
    batch_item_fail(item, &err);
    batch->trouble = true;
    settle(batch, item);
}

static void refuse_long(struct batch *batch)
{
    struct batch_item *item = add_item(batch);
    struct error err = {};
    error_set(&err, ERROR_LIMIT, "a request may have %d MiB", REQUEST_BYTES_MAX >> 20);
    error_stage(&err, "request");
    batch_item_fail(item, &err);
    batch->trouble = true;
    settle(batch, item);
}

static bool may_begin(const struct batch *batch)
{
    return batch->running < batch->jobs && !batch->canceled && !batch->input_is_over &&
           outlet_waiting(batch->outlet) + batch->held < WAITING_MAX;
}

static void on_input(void *cookie);

static void watch_input(struct batch *batch)
{
    struct error not_waitable; /* a regular file: it is always ready */
    if (batch->input_is_watched)
        return;
    batch->input_is_watched =
        loop_add(batch->loop, batch->lines.fd, EPOLLIN, on_input, batch, &not_waitable);
    if (!batch->input_is_watched)
        loop_set_timer(batch->loop, &batch->again, clock_now_ns(), on_input, batch);
}

static void forget_input(struct batch *batch)
{
    if (batch->input_is_watched)
        loop_remove(batch->loop, batch->lines.fd);
    batch->input_is_watched = false;
}

static void on_input(void *cookie)
{
    struct batch *batch = cookie;
    struct error err = {};
    forget_input(batch);
    if (!lines_read(&batch->lines, &err)) {
        batch->input_is_over = batch->trouble = true;
        cli_fail(&err, false);
    }
    pump(batch);
}

/* False: there is nothing to be read now. */
static bool take_line(struct batch *batch)
{
    struct str line;
    switch (lines_next(&batch->lines, &line)) {
    case LINES_LINE:
        if (!is_blank(line))
            begin(batch, line);
        return true;
    case LINES_TOO_LONG:
        refuse_long(batch);
        return true;
    case LINES_WANT:
        watch_input(batch);
        return false;
    case LINES_END:
        batch->input_is_over = true;
        break;
    }
    return false;
}

static void stop_if_over(struct batch *batch)
{
    bool no_more = batch->input_is_over || batch->canceled;
    if (no_more && batch->running == 0 && outlet_waiting(batch->outlet) == 0)
        loop_stop(batch->loop);
}

/* Begins what there is room for. Many lines that give nothing but errors take turns with the rest.
 */
static void pump(void *cookie)
{
    struct batch *batch = cookie;
    for (int count = 0; may_begin(batch) && take_line(batch); count++) {
        if (count < TURN_LINES)
            continue;
        loop_set_timer(batch->loop, &batch->again, clock_now_ns(), pump, batch);
        break;
    }
    if (!may_begin(batch))
        forget_input(batch);
    stop_if_over(batch);
}

/* ---- the end -------------------------------------------------------------------------------- */

static void on_last_words(void *cookie)
{
    struct batch *batch = cookie;
    loop_stop(batch->loop);
}

static void cancel(struct batch *batch)
{
    batch->canceled = true;
    forget_input(batch);
    for (struct batch_item *item = batch->first; item != NULL; item = item->next)
        batch_item_cancel(item);
    loop_set_timer(batch->loop, &batch->last_words,
                   clock_now_ns() + LAST_WORDS_MS * INT64_C(1000000), on_last_words, batch);
    stop_if_over(batch);
}

/* The first signal cancels, and what ended is told; nobody has to wait for that. */
static void on_cancel(void *cookie)
{
    struct batch *batch = cookie;
    loop_remove(batch->loop, batch->cancel_fd);
    cancel(batch);
}

static void on_drained(void *cookie)
{
    pump(cookie);
}

static void on_closed(void *cookie, const struct error *why)
{
    struct batch *batch = cookie;
    (void)why; /* whoever closed it knows */
    cancel(batch);
}

static const struct outlet_events outlet_events = {on_drained, on_closed};

/* ---- the whole ------------------------------------------------------------------------------ */

static int count_processors(void)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return CPU_COUNT(&allowed);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

static bool open_input(const struct batch_options *options, int *ret_fd, struct error *err)
{
    if (strcmp(options->path, "-") == 0) {
        *ret_fd = STDIN_FILENO;
        return true;
    }
    *ret_fd = fd_open(AT_FDCWD, options->path, O_RDONLY | O_NOCTTY, 0, err);
    if (*ret_fd < 0)
        err->kind = ERROR_INPUT;
    return *ret_fd >= 0;
}

static bool make_out_dir(const char *folder, struct error *err)
{
    if (folder == NULL || mkdir(folder, 0755) == 0 || errno == EEXIST)
        return true;
    error_sys(err, "make the folder %s", folder);
    err->kind = ERROR_INPUT;
    return false;
}

static void batch_done(struct batch *batch)
{
    while (batch->first != NULL) {
        struct batch_item *item = batch->first;
        batch->first = item->next;
        batch_item_free(item);
    }
    outlet_free(batch->outlet);
    store_close(batch->store);
    asker_free(batch->asker);
    broker_end(&batch->broker);
    loop_free(batch->loop);
    fd_close_at(&batch->cancel_fd);
    int input = batch->lines.fd;
    lines_done(&batch->lines);
    if (input > STDERR_FILENO)
        close(input);
}

static bool open_all(struct batch *batch, struct error *err)
{
    int input;
    if (!make_out_dir(batch->options->out_dir, err) || !open_input(batch->options, &input, err))
        return false;
    lines_init(&batch->lines, input, REQUEST_BYTES_MAX);
    fd_allow_many();
    batch->cancel_fd = cancel_open(err);
    if (batch->cancel_fd < 0 || !broker_start_private(&batch->broker, err))
        return false;
    batch->loop = loop_new(err);
    if (batch->loop == NULL)
        return false;
    batch->asker = asker_new(batch->broker.socket, batch->loop, err);
    batch->store = builds_open_for_runs();
    batch->outlet = outlet_new(batch->loop, STDOUT_FILENO, &outlet_events, batch);
    int ready = batch->jobs < READY_MAX ? batch->jobs : READY_MAX;
    return batch->asker != NULL &&
           loop_add(batch->loop, batch->cancel_fd, EPOLLIN, on_cancel, batch, err) &&
           asker_want(batch->asker, batch->trade->ready, ready, err);
}

static bool go_through(struct batch *batch, struct error *err)
{
    loop_set_timer(batch->loop, &batch->again, 0, pump, batch);
    return loop_run(batch->loop, err);
}

int batch_run(const struct batch_options *options, const struct batch_trade *trade)
{
    __attribute__((cleanup(batch_done))) struct batch batch = {
        .options = options,
        .trade = trade,
        .jobs = options->jobs > 0 ? options->jobs : count_processors(),
        .cancel_fd = -1,
        .broker = {-1, 0},
        .lines.fd = -1,
    };
    struct error err = {};
    batch.last = &batch.first;
    if (!open_all(&batch, &err) || !go_through(&batch, &err))
        return cli_fail(&err, true);
    if (batch.canceled)
        return verdict_exit_status(VERDICT_CANCELED, 0, 0);
    return batch.trouble ? EXIT_STATUS_TROUBLE : 0;
}
