#include "cli/batch_item.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/run_output.h"
#include "lang/lang.h"
#include "lang/names.h"
#include "model/request_read.h"
#include "sys/fd.h"

enum { PLAN_ARENA_BYTES = 64 << 20, COLLECT_SECONDS = 5 };

struct batch_item *batch_item_new(int64_t index, int64_t line)
{
    struct batch_item *item = mem_alloc(sizeof *item);
    *item = (struct batch_item){.index = index, .line = line, .input = -1};
    arena_init(&item->request_room, REQUEST_ARENA_BYTES);
    arena_init(&item->plan_room, PLAN_ARENA_BYTES);
    buf_init(&item->said, RUN_JSON_BYTES_MAX);
    return item;
}

static void let_go(struct batch_item *item)
{
    run_free(item->run);
    item->run = NULL;
    fd_close_at(&item->input);
    arena_done(&item->request_room);
    arena_done(&item->plan_room);
}

void batch_item_free(struct batch_item *item)
{
    if (item == NULL)
        return;
    let_go(item);
    buf_done(&item->said);
    free(item);
}

/* ---- the end -------------------------------------------------------------------------------- */

static struct run_tag tag_of(const struct batch_item *item)
{
    return (struct run_tag){item->index, item->request.id};
}

void batch_item_fail(struct batch_item *item, const struct error *why)
{
    const struct run_tag tag = tag_of(item);
    struct error err = *why;
    error_wrap(&err, "line %lld", (long long)item->line);
    run_json_error(&err, &tag, &item->said);
    item->has_ended = item->failed = true;
    let_go(item);
}

static void tell(struct batch_item *item, const struct run_result *result)
{
    const struct run_tag tag = tag_of(item);
    struct error err = {};
    run_json_result(result, item->request.explain, &tag, &item->said);
    if (!item->said.over) {
        item->has_ended = true;
        let_go(item);
        return;
    }
    buf_clear(&item->said);
    error_set(&err, ERROR_LIMIT, "the result has more than 1 GiB as JSON");
    batch_item_fail(item, &err);
}

static void on_run(void *cookie, struct run *run)
{
    struct batch_item *item = cookie;
    struct error err = {};
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (run_take(run, &result, &err))
        tell(item, &result);
    else
        batch_item_fail(item, &err);
    item->place.end(item->place.cookie, item);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static bool make_input(struct batch_item *item, struct error *err)
{
    struct str input = item->request.input;
    if (input.len == 0)
        return true;
    item->input = fd_memory("testudo-input", input, err);
    return item->input >= 0;
}

/* Requests of one batch that bring back the same name do not meet. */
static void place_outs(struct batch_item *item)
{
    const char *base = item->place.out_dir != NULL ? item->place.out_dir : ".";
    struct run_request *request = &item->request;
    const char *folder = arena_text(&item->plan_room, "%s/%lld", base, (long long)item->index);
    for (uint32_t i = 0; i < request->out_count; i++)
        request->outs[i].folder = folder;
}

/* The line is told by its number in the batch; of the JSON text it is always the first. */
static bool forget_line(struct error *err)
{
    static const char first[] = "line 1, ";
    size_t length = sizeof first - 1;
    if (strncmp(err->text, first, length) == 0)
        memmove(err->text, err->text + length, sizeof err->text - length);
    return error_stage(err, "request");
}

static bool read_request(struct batch_item *item, struct str text, struct error *err)
{
    return (request_read(text, &item->request_room, &item->request, err) || forget_line(err)) &&
           (item->request.image == NULL ||
            name_check("the name of an image", item->request.image, err));
}

bool batch_item_begin(struct batch_item *item, struct str text, const struct batch_place *place,
                      struct error *err)
{
    item->place = *place;
    if (!read_request(item, text, err) || !make_input(item, err))
        return false;
    place_outs(item);
    if (!lang_plan(&item->request, &item->plan_room, &item->plan, err))
        return false;
    const struct run_io io = {.stdin_fd = item->input,
                              .cancel_fd = -1,
                              .collect_seconds = COLLECT_SECONDS,
                              .store = place->store};
    item->run = run_start(place->asker, &item->plan, &io, on_run, item, err);
    return item->run != NULL;
}

void batch_item_cancel(struct batch_item *item)
{
    if (item->run != NULL)
        run_cancel(item->run);
}
