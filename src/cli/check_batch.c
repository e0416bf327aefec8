#include "cli/check_batch.h"

#include <signal.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "cli/batch.h"
#include "cli/worker_box.h"
#include "lang/lang.h"
#include "report/checked.h"
#include "sys/fd.h"

enum {
    PARSE_MS = 5000,
    WALL_MS = 30000,
    OPTIONS_BYTES_MAX = 32 << 20,
    POLICY_RULES_BYTES_MAX = 1 << 20,
    WHY_BYTES_MAX = 4096,
    LINE_ROOM_FACTOR = 64, /* a JSON text's tree takes no more than so many times its length */
};

/* ---- a request ------------------------------------------------------------------------------- */

struct text {
    struct str code;
    const char *name, *language;
};

/* NULL, if it is not there or null. */
static bool read_word(const struct json_value *request, const char *key, const char **ret,
                      struct error *err)
{
    const struct json_value *value = json_get(request, key);
    if (value == NULL || value->kind == JSON_NULL)
        return true;
    if (!json_check_kind(value, JSON_STRING, err))
        return false;
    if (str_has(value->text, '\0'))
        return error_set(err, ERROR_USAGE, "field '%s' holds a NUL character", key);
    *ret = value->text.ptr;
    return true;
}

static bool read_text(struct batch_item *item, struct str line, struct text *ret, struct error *err)
{
    static const char *const known[] = {"code", "name", "language", "id"};
    const struct json_value *request = json_read(&item->request_room, line, err);
    const struct json_value *code = json_get(request, "code");
    if (request == NULL || !json_check_keys(request, known, COUNT_OF(known), err) ||
        !read_word(request, "id", &item->request.id, err) ||
        !read_word(request, "name", &ret->name, err) ||
        !read_word(request, "language", &ret->language, err))
        return batch_forget_line(err);
    if (code == NULL || code->kind != JSON_STRING)
        return error_set(err, ERROR_USAGE, "field 'code' must be a string");
    ret->code = code->text;
    return true;
}

static void add_words(struct json_writer *json, const char *key, const struct words *words)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < words->count; i++)
        json_text(json, words->list[i]);
    json_array_end(json);
}

static void add_text(struct json_writer *json, const struct text *text)
{
    json_key(json, "texts");
    json_array(json);
    json_object(json);
    json_add_str(json, "text", text->code);
    json_add_text(json, "name", text->name != NULL ? text->name : "<code>");
    json_object_end(json);
    json_array_end(json);
}

static void add_rules(struct json_writer *json, const struct check_batch *check)
{
    auto_buf struct buf rules;
    buf_init(&rules, POLICY_RULES_BYTES_MAX);
    json_key(json, "rules");
    json_array(json);
    json_text(json, WORKER_BOX_RULES);
    json_array_end(json);
    if (check->policy != NULL)
        policy_write_rules(check->policy, &rules);
    json_key(json, "rule_texts");
    json_array(json);
    if (rules.len > 0)
        json_str(json, buf_str(&rules));
    json_array_end(json);
    add_words(json, "select", &check->select);
    add_words(json, "ignore", &check->ignore);
}

static int write_options(const struct check_batch *check, const struct text *text,
                         struct error *err)
{
    auto_buf struct buf out;
    struct json_writer json;
    buf_init(&out, OPTIONS_BYTES_MAX);
    json_start(&json, &out);
    json_object(&json);
    add_text(&json, text);
    json_add_text(&json, "language", text->language);
    json_add_text(&json, "reach", "own");
    json_add_int(&json, "parse_ms", PARSE_MS);
    json_add_int(&json, "children", 0);
    add_rules(&json, check);
    json_object_end(&json);
    if (!out.over)
        return fd_memory("testudo-options", buf_str(&out), err);
    return error_set_fd(err, ERROR_LIMIT, "the code is too long");
}

/* One run, which is no chain. */
static void be_alone(struct batch_item *item)
{
    item->request.kind = CHAIN_ALONE;
    item->request.count = 1;
    item->request.parts = arena_alloc(&item->plan_room, sizeof *item->request.parts);
    item->inputs = arena_alloc(&item->plan_room, sizeof *item->inputs);
    item->inputs[0] = -1;
    item->plan = (struct chain_plan){.kind = CHAIN_ALONE, .count = 1};
    item->plan.parts = arena_alloc(&item->plan_room, sizeof *item->plan.parts);
}

static bool plan(struct batch_item *item, struct str line, struct error *err)
{
    struct text text = {};
    struct worker_box box;
    if (!read_text(item, line, &text, err) ||
        !worker_box_init(&box, "check", &item->plan_room, err))
        return false;
    be_alone(item);
    struct run_request *request = &item->request.parts[0].request;
    struct plan *made = &item->plan.parts[0].plan;
    *request = box.request;
    request->limits.value[LIMIT_WALL] = request->limits.value[LIMIT_CPU] = WALL_MS;
    item->inputs[0] = write_options(item->place.trade->own, &text, err);
    if (item->inputs[0] < 0 || !lang_plan(request, &item->plan_room, made, err))
        return false;
    made->run.warm = WARM_READER;
    return true;
}

/* ---- its answer ------------------------------------------------------------------------------ */

/* What it said before it died of a source is worth nothing. */
static bool read_death(const struct run_result *result, struct checked_file *ret, struct error *err)
{
    const struct run_stage *run = &result->run;
    bool slow = run->verdict == VERDICT_WALL_TIME || run->verdict == VERDICT_CPU_TIME ||
                run->signal == SIGPROF;
    if (run->verdict != VERDICT_SIGNALED && run->verdict != VERDICT_MEMORY && !slow)
        return error_set(err, ERROR_INTERNAL, "the reader did not end well: %s", result->message);
    *ret = (struct checked_file){
        .name = "<code>",
        .state = CHECKED_SKIPPED,
        .why = slow ? "takes too long" : "breaks the parser of its language",
    };
    return true;
}

static bool read_answer(struct batch_item *item, const struct run_result *result,
                        struct checked_file *ret, struct error *err)
{
    struct str rest = result->run.out.head, line = {};
    if (result->run.verdict != VERDICT_OK && !str_starts(rest, "{\"error\""))
        return read_death(result, ret, err);
    if (result->run.out.tail.len > 0 || result->run.out.total_bytes != (int64_t)rest.len)
        return error_set(err, ERROR_LIMIT, "there is more to tell than an answer holds");
    while (str_take_line(&rest, &line) && left_out_is_line(line))
        continue;
    if (worker_box_is_error(line, err))
        return error_stage(err, "worker");
    if (!arena_fits(&item->plan_room, line.len * LINE_ROOM_FACTOR))
        return error_set(err, ERROR_LIMIT, "there is more to tell than an answer holds");
    return checked_read_file(&item->plan_room, line, ret, err);
}

static void add_policy(struct json_writer *json, const struct policy *policy,
                       const struct checked *checked)
{
    auto_buf struct buf why;
    buf_init(&why, WHY_BYTES_MAX);
    if (policy == NULL)
        return;
    bool refuses = policy_judge(policy, checked, &why);
    json_key(json, "policy");
    json_object(json);
    json_add_text(json, "name", policy->name);
    json_add_bool(json, "refuses", refuses);
    json_add_text(json, "message", refuses ? why.data : NULL);
    json_object_end(json);
}

static bool tell(struct batch_item *item, const struct run_result *result, struct error *err)
{
    const struct check_batch *check = item->place.trade->own;
    struct checked_file file;
    struct json_writer json;
    if (!read_answer(item, result, &file, err))
        return false;
    const struct checked checked = {.files = &file, .file_count = 1};
    json_start(&json, &item->said);
    json_object(&json);
    json_add_int(&json, "index", item->index);
    json_add_text(&json, "id", item->request.id);
    json_add_text(&json, "warm", box_made_word(result->isolation.made));
    checked_add_json(&json, &checked);
    add_policy(&json, check->policy, &checked);
    json_object_end(&json);
    buf_add_byte(&item->said, '\n');
    return true;
}

int check_batch_run(const struct check_batch *check)
{
    const struct batch_trade trade = {WARM_READER, plan, tell, check};
    return batch_run(&check->batch, &trade);
}
