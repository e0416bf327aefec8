#include "cli/batch_item.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/chain_output.h"
#include "cli/run_output.h"
#include "lang/lang.h"
#include "lang/names.h"
#include "model/chain_read.h"
#include "sys/fd.h"

enum { COLLECT_SECONDS = 5 };

/* A plan of each part that a chain may have; what they come to is bounded by the request. */
static const size_t plan_bytes_max = (size_t)CHAIN_STEPS_MAX << 26;

struct batch_item *batch_item_new(int64_t index, int64_t line)
{
    struct batch_item *item = mem_alloc(sizeof *item);
    *item = (struct batch_item){.index = index, .line = line, .boxes = 1};
    arena_init(&item->request_room, REQUEST_ARENA_BYTES);
    arena_init(&item->plan_room, plan_bytes_max);
    buf_init(&item->said, RUN_JSON_BYTES_MAX);
    return item;
}

static void let_go(struct batch_item *item)
{
    run_free(item->run);
    chain_free(item->chain);
    item->run = NULL;
    item->chain = NULL;
    for (uint32_t i = 0; item->inputs != NULL && i < item->request.count; i++)
        fd_close_at(&item->inputs[i]);
    item->inputs = NULL;
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

/* What is to be told has been written. */
static void end_item(struct batch_item *item)
{
    struct error err = {};
    if (!item->said.over) {
        item->has_ended = true;
        let_go(item);
        return;
    }
    buf_clear(&item->said);
    error_set(&err, ERROR_LIMIT, "the result has more than 1 GiB as JSON");
    batch_item_fail(item, &err);
}

static bool tell_run(struct batch_item *item, const struct run_result *result, struct error *err)
{
    const struct run_tag tag = tag_of(item);
    (void)err;
    run_json_result(result, item->request.parts[0].request.explain, &tag, &item->said);
    return true;
}

static void on_run(void *cookie, struct run *run)
{
    struct batch_item *item = cookie;
    struct error err = {};
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    if (run_take(run, &result, &err) && item->place.trade->tell(item, &result, &err)) {
        end_item(item);
    } else {
        buf_clear(&item->said);
        batch_item_fail(item, &err);
    }
    item->place.end(item->place.cookie, item);
}

static void on_chain(void *cookie, struct chain *chain)
{
    struct batch_item *item = cookie;
    const struct run_tag tag = tag_of(item);
    __attribute__((cleanup(chain_result_done))) struct chain_result result;
    chain_take(chain, &result);
    chain_json_result(&result, &item->request, &tag, &item->said);
    item->failed = result.broken;
    end_item(item);
    item->place.end(item->place.cookie, item);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static bool make_input(struct batch_item *item, uint32_t part, struct error *err)
{
    struct str input = item->request.parts[part].request.input;
    if (input.len == 0)
        return true;
    item->inputs[part] = fd_memory("testudo-input", input, err);
    return item->inputs[part] >= 0;
}

static bool make_inputs(struct batch_item *item, struct error *err)
{
    uint32_t count = item->request.count;
    int *inputs = arena_alloc(&item->plan_room, count * sizeof *inputs);
    for (uint32_t i = 0; i < count; i++)
        inputs[i] = -1;
    item->inputs = inputs;
    for (uint32_t i = 0; i < count; i++)
        if (!make_input(item, i, err))
            return false;
    return true;
}

/* Requests of one batch that bring back the same name do not meet, nor do parts of one request. */
static void place_outs(struct batch_item *item)
{
    const char *base = item->place.out_dir != NULL ? item->place.out_dir : ".";
    const char *folder = arena_text(&item->plan_room, "%s/%lld", base, (long long)item->index);
    for (uint32_t i = 0; i < item->request.count; i++) {
        struct run_request *request = &item->request.parts[i].request;
        const char *own = item->request.kind == CHAIN_ALONE
                              ? folder
                              : arena_text(&item->plan_room, "%s-%u", folder, i);
        for (uint32_t k = 0; k < request->out_count; k++)
            request->outs[k].folder = own;
    }
}

bool batch_forget_line(struct error *err)
{
    static const char first[] = "line 1, ";
    size_t length = sizeof first - 1;
    if (strncmp(err->text, first, length) == 0)
        memmove(err->text, err->text + length, sizeof err->text - length);
    return error_stage(err, "request");
}

static bool check_image(const struct chain_request *request, uint32_t part, struct error *err)
{
    const char *image = request->parts[part].request.image;
    return image == NULL || name_check("the name of an image", image, err);
}

/* Where it went wrong, if it is one of several. */
static bool in_part(const struct chain_request *request, uint32_t part, struct error *err)
{
    return request->kind != CHAIN_ALONE &&
           error_wrap(err, "%s[%u]", request->kind == CHAIN_STEPS ? "steps" : "pipes", part);
}

static bool read_request(struct batch_item *item, struct str text, struct error *err)
{
    struct chain_request *request = &item->request;
    if (!chain_read(text, &item->request_room, request, err))
        return batch_forget_line(err);
    for (uint32_t i = 0; i < request->count; i++)
        if (!check_image(request, i, err))
            return in_part(request, i, err);
    return true;
}

static bool make_plan(struct batch_item *item, struct error *err)
{
    const struct chain_request *request = &item->request;
    struct chain_plan plan = {request->kind, request->ring, request->count, NULL};
    plan.parts = arena_alloc(&item->plan_room, request->count * sizeof *plan.parts);
    for (uint32_t i = 0; i < request->count; i++) {
        plan.parts[i].may_fail = request->parts[i].may_fail;
        if (!lang_plan(&request->parts[i].request, &item->plan_room, &plan.parts[i].plan, err))
            return in_part(request, i, err);
    }
    item->plan = plan;
    return true;
}

static bool begin_run(struct batch_item *item, struct error *err)
{
    const struct run_io io = {
        .stdin_fd = item->inputs[0],
        .cancel_fd = -1,
        .collect_seconds = COLLECT_SECONDS,
        .store = item->place.store,
    };
    item->run = run_start(item->place.asker, &item->plan.parts[0].plan, &io, on_run, item, err);
    return item->run != NULL;
}

static bool begin_chain(struct batch_item *item)
{
    const struct chain_io io = {
        .stdin_fds = item->inputs,
        .cancel_fd = -1,
        .collect_seconds = COLLECT_SECONDS,
        .store = item->place.store,
    };
    if (item->request.kind == CHAIN_PIPES)
        item->boxes = item->request.count;
    item->chain = chain_start(item->place.asker, &item->plan, &io, on_chain, item);
    return true;
}

static bool plan_run(struct batch_item *item, struct str text, struct error *err)
{
    if (!read_request(item, text, err) || !make_inputs(item, err))
        return false;
    place_outs(item);
    return make_plan(item, err);
}

const struct batch_trade batch_of_runs = {WARM_COMMAND, plan_run, tell_run, NULL};

bool batch_item_begin(struct batch_item *item, struct str text, const struct batch_place *place,
                      struct error *err)
{
    item->place = *place;
    return place->trade->plan(item, text, err) &&
           (item->request.kind == CHAIN_ALONE ? begin_run(item, err) : begin_chain(item));
}

void batch_item_cancel(struct batch_item *item)
{
    if (item->run != NULL)
        run_cancel(item->run);
    if (item->chain != NULL)
        chain_cancel(item->chain);
}
