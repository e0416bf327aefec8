#include "cli/chain_output.h"

#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"

static const char *list_name(enum chain_kind kind)
{
    return kind == CHAIN_PIPES ? "pipes" : "steps";
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void add_text(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

static void add_int(struct json_writer *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_int(json, number);
}

static void add_bool(struct json_writer *json, const char *key, bool truth)
{
    json_key(json, key);
    json_bool(json, truth);
}

static void add_piped(struct json_writer *json, const struct chain_piped *piped)
{
    json_key(json, "pipe");
    json_object(json);
    add_int(json, "order", piped->order);
    add_int(json, "given_bytes", piped->given_bytes);
    json_key(json, "unread_bytes");
    if (piped->unread_bytes >= 0)
        json_int(json, piped->unread_bytes);
    else
        json_null(json);
    json_key(json, "quiet_ms");
    json_ms(json, clock_ms(piped->quiet_ns));
    add_bool(json, "reader_gone", piped->reader_gone);
    json_object_end(json);
}

static void add_skipped(struct json_writer *json, const struct chain_end *end)
{
    add_bool(json, "skipped", true);
    json_key(json, "verdict");
    json_null(json);
    add_text(json, "message", end->why);
}

static void add_end(struct json_writer *json, const struct chain_result *result,
                    const struct chain_end *end, const struct run_request *request)
{
    const char *id = end->state == CHAIN_RAN ? end->result.id : NULL;
    json_object(json);
    if (request->id != NULL)
        id = request->id;
    if (id != NULL)
        add_text(json, "id", id);
    if (end->state == CHAIN_SKIPPED)
        add_skipped(json, end);
    else if (end->state == CHAIN_BROKEN)
        run_json_add_error(json, &end->error);
    else
        run_json_add_result(json, &end->result, request->explain);
    if (end->state == CHAIN_RAN && result->kind == CHAIN_PIPES)
        add_piped(json, &end->piped);
    json_object_end(json);
}

/* As of one run: whoever was ended by us has neither. */
static void add_status(struct json_writer *json, const struct chain_result *result)
{
    bool status = result->verdict == VERDICT_OK || result->exit_code != 0;
    json_key(json, "exit_code");
    if (status)
        json_int(json, result->exit_code);
    else
        json_null(json);
    json_key(json, "signal");
    if (result->verdict == VERDICT_SIGNALED)
        json_int(json, result->signal);
    else
        json_null(json);
}

static void add_whole(struct json_writer *json, const struct chain_result *result)
{
    if (result->broken) {
        run_json_add_error(json, &result->ends[result->speaker].error);
    } else {
        add_text(json, "verdict", verdict_word(result->verdict));
        add_text(json, "message", result->message);
        add_status(json, result);
    }
    add_int(json, "decided_by", result->speaker);
    json_key(json, "wall_ms");
    json_ms(json, clock_ms(result->wall_ns));
}

void chain_json_result(const struct chain_result *result, const struct chain_request *request,
                       const struct run_tag *tag, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    if (tag != NULL)
        add_int(&json, "index", tag->index);
    if (request->id != NULL)
        add_text(&json, "id", request->id);
    add_whole(&json, result);
    json_key(&json, list_name(result->kind));
    json_array(&json);
    for (uint32_t i = 0; i < result->count; i++)
        add_end(&json, result, &result->ends[i], &request->parts[i].request);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}

void chain_json_plan(const struct chain_plan *plan, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    if (plan->kind == CHAIN_PIPES)
        add_bool(&json, "ring", plan->ring);
    json_key(&json, list_name(plan->kind));
    json_array(&json);
    for (uint32_t i = 0; i < plan->count; i++)
        run_json_add_plan(&json, &plan->parts[i].plan);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}

/* ---- lines ---------------------------------------------------------------------------------- */

enum { LINES_BYTES_MAX = 64 << 20 };

/* "testudo: ok in 5 ms" becomes "testudo: step 2: ok in 5 ms". */
static void say_as_part(const struct chain_result *result, uint32_t index, struct str lines,
                        struct buf *out)
{
    struct str line;
    while (str_take_line(&lines, &line)) {
        if (str_take_prefix(&line, "testudo: "))
            buf_printf(out, "testudo: %s %u: ", chain_part_word(result->kind), index + 1);
        buf_add_str(out, line);
        buf_add_byte(out, '\n');
    }
}

static void say_broken(const struct chain_result *result, uint32_t index, struct buf *out)
{
    const struct error *err = &result->ends[index].error;
    buf_printf(out, "testudo: %s %u: %s%s", chain_part_word(result->kind), index + 1, err->stage,
               err->stage[0] != '\0' ? ": " : "");
    text_escape(out, str_from(err->text), false);
    buf_add_byte(out, '\n');
    if (err->hint[0] == '\0')
        return;
    buf_add_text(out, "testudo: ");
    text_escape(out, str_from(err->hint), false);
    buf_add_byte(out, '\n');
}

static void say_ran(const struct chain_result *result, uint32_t index,
                    const struct run_request *request, bool verbose, struct buf *out)
{
    auto_buf struct buf lines;
    buf_init(&lines, LINES_BYTES_MAX);
    run_say_end(&result->ends[index].result, verbose, &lines);
    if (request->explain)
        run_say_refusals(&result->ends[index].result, &lines);
    say_as_part(result, index, buf_str(&lines), out);
}

/* What this host lacks is the same for all of them, but for what each accepts. */
static void say_missing(const struct chain_result *result, const struct chain_request *request,
                        struct buf *out)
{
    size_t before = out->len;
    for (uint32_t i = 0; i < result->count && out->len == before; i++)
        if (result->ends[i].state == CHAIN_RAN)
            run_say_missing(&result->ends[i].result, request->parts[i].request.accept_missing, out);
}

void chain_say_result(const struct chain_result *result, const struct chain_request *request,
                      bool verbose, struct buf *out)
{
    for (uint32_t i = 0; i < result->count; i++) {
        const struct chain_end *end = &result->ends[i];
        if (end->state == CHAIN_RAN)
            say_ran(result, i, &request->parts[i].request, verbose, out);
        else if (end->state == CHAIN_BROKEN)
            say_broken(result, i, out);
        else
            buf_printf(out, "testudo: %s %u %s\n", chain_part_word(result->kind), i + 1, end->why);
    }
    if (!result->broken && (verbose || (result->verdict != VERDICT_OK && result->count > 1))) {
        buf_printf(out, "testudo: the chain: %s", verdict_word(result->verdict));
        if (result->verdict != VERDICT_OK)
            buf_printf(out, ": %s", result->message);
        buf_add_text(out, ", in ");
        text_write_ms(out, clock_ms(result->wall_ns));
        buf_add_byte(out, '\n');
    }
    say_missing(result, request, out);
}

void chain_say_plan(const struct chain_plan *plan, struct buf *out)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct chain_plan_part *part = &plan->parts[i];
        buf_printf(out, "%s%s %u of %u%s\n", i > 0 ? "\n" : "", chain_part_word(plan->kind), i + 1,
                   plan->count, part->may_fail ? ", may fail" : "");
        if (plan->kind == CHAIN_PIPES && (i > 0 || plan->ring))
            buf_printf(out, "reads      what process %u writes\n",
                       (i + plan->count - 1) % plan->count + 1);
        run_say_plan(&part->plan, out);
    }
}
