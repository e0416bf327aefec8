/* The run result as JSON, the same in every interface. */
#include "cli/run_output.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cli/refusal.h"

static int64_t left_out(const struct run_output *output)
{
    return output->total_bytes - (int64_t)output->head.len - (int64_t)output->tail.len;
}

/* A byte that continues a character. */
static bool is_inner(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* A cut may have parted a character: its remains at both borders are left out too. */
static void trim_cut(struct str *head, struct str *tail)
{
    for (int i = 0; i < UTF8_MAX - 1 && head->len > 0 && !utf8_is_valid(*head); i++)
        head->len--;
    for (int i = 0; i < UTF8_MAX - 1 && tail->len > 0 && is_inner(tail->ptr[0]); i++)
        *tail = str_skip(*tail, 1);
}

static struct str whole(const struct run_output *output, struct buf *room)
{
    if (left_out(output) <= 0 && output->tail.len == 0)
        return output->head;
    struct str head = output->head, tail = output->tail;
    if (left_out(output) > 0) {
        trim_cut(&head, &tail);
        if (!json_is_text(head) || !json_is_text(tail)) {
            head = output->head;
            tail = output->tail;
        }
    }
    int64_t missing = output->total_bytes - (int64_t)head.len - (int64_t)tail.len;
    buf_add_str(room, head);
    if (missing > 0)
        buf_printf(room, "\n[... %" PRId64 " bytes left out ...]\n", missing);
    buf_add_str(room, tail);
    return buf_str(room);
}

/* The streams of a stage as they will be shown. */
struct shown_stage {
    struct buf room[2];
    struct str out, err;
};

static void shown_stage_init(struct shown_stage *shown, const struct run_stage *stage)
{
    buf_init(&shown->room[0], RUN_JSON_BYTES_MAX);
    buf_init(&shown->room[1], RUN_JSON_BYTES_MAX);
    shown->out = whole(&stage->out, &shown->room[0]);
    shown->err = whole(&stage->err, &shown->room[1]);
}

static void shown_stage_done(struct shown_stage *shown)
{
    buf_done(&shown->room[0]);
    buf_done(&shown->room[1]);
}

static void add_stream(struct json_writer *json, const char *key, struct str bytes, bool as_base64)
{
    json_key(json, key);
    if (as_base64)
        json_base64(json, bytes);
    else
        json_str(json, bytes);
}

static void add_ms(struct json_writer *json, const char *key, int64_t ns)
{
    json_key(json, key);
    json_ms(json, clock_ms(ns));
}

/* A leader that we ended has neither a status nor a signal of its own. */
static void add_status(struct json_writer *json, const struct run_stage *stage)
{
    bool by_itself = stage->end.leader_ended;
    json_key(json, "exit_code");
    if (by_itself && stage->signal == 0)
        json_int(json, stage->exit_code);
    else
        json_null(json);
    json_key(json, "signal");
    if (by_itself && stage->signal != 0)
        json_int(json, stage->signal);
    else
        json_null(json);
}

static bool is_cut(const struct run_stage *stage)
{
    return left_out(&stage->out) > 0 || left_out(&stage->err) > 0;
}

static void add_measures(struct json_writer *json, const struct run_stage *stage)
{
    const struct box_end *end = &stage->end;
    add_ms(json, "wall_ms", end->wall_ns);
    add_ms(json, "cpu_user_ms", end->cpu_user_ns);
    add_ms(json, "cpu_system_ms", end->cpu_system_ns);
    json_key(json, "memory_peak_bytes");
    if (end->memory_peak_bytes >= 0)
        json_int(json, end->memory_peak_bytes);
    else
        json_null(json);
    if (end->processes_peak >= 0)
        json_add_int(json, "processes_peak", end->processes_peak);
}

static void add_stages(struct json_writer *json, const struct run_result *result)
{
    json_key(json, "stages_ms");
    json_object(json);
    add_ms(json, "prepare", result->prepare_ns);
    add_ms(json, "compile", result->compile_ns);
    add_ms(json, "run", result->run_ns);
    add_ms(json, "collect", result->collect_ns);
    json_object_end(json);
}

static void add_compile(struct json_writer *json, const struct run_result *result,
                        const struct shown_stage *shown, bool as_base64)
{
    json_key(json, "compile");
    json_object(json);
    json_add_text(json, "verdict", verdict_word(result->compile.verdict));
    add_status(json, &result->compile);
    add_stream(json, "stdout", shown->out, as_base64);
    add_stream(json, "stderr", shown->err, as_base64);
    add_ms(json, "wall_ms", result->compile.end.wall_ns);
    json_add_bool(json, "cached", result->from_store);
    if (result->not_kept != NULL)
        json_add_text(json, "not_kept", result->not_kept);
    if (result->waited_ns > 0)
        add_ms(json, "waited_ms", result->waited_ns);
    json_object_end(json);
}

static void add_files(struct json_writer *json, const struct run_result *result)
{
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < result->file_count; i++) {
        const struct run_file *file = &result->files[i];
        json_object(json);
        json_add_text(json, "name", file->name);
        json_add_int(json, "bytes", file->bytes);
        if (file->left_out != NULL)
            json_add_text(json, "left_out", file->left_out);
        else
            json_add_text(json, "sha256", file->sha256);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_guarantees(struct json_writer *json, const struct isolation *isolation,
                           enum guarantee_level level)
{
    json_key(json, guarantee_level_word(level));
    json_array(json);
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        if (isolation->state[i].level == level)
            json_text(json, guarantee_word(i));
    json_array_end(json);
}

static void add_isolation(struct json_writer *json, const struct run_result *result)
{
    json_key(json, "isolation");
    json_object(json);
    json_add_text(json, "tier", "native");
    json_add_text(json, "mode", result->isolation.mode == MODE_ROOT ? "root" : "rootless");
    json_add_text(json, "image", result->image);
    json_add_bool(json, "shared_page_cache", result->isolation.shared_page_cache != 0);
    add_guarantees(json, &result->isolation, GUARANTEE_ENFORCED);
    add_guarantees(json, &result->isolation, GUARANTEE_WEAKER);
    add_guarantees(json, &result->isolation, GUARANTEE_MISSING);
    json_object_end(json);
}

static void add_refusals(struct json_writer *json, const struct run_result *result)
{
    json_key(json, "refusals");
    json_array(json);
    for (uint32_t i = 0; i < result->refusal_count; i++) {
        const struct run_refusal *refusal = &result->refusals[i];
        struct refusal_words words;
        if (!refusal_explain(&refusal->what, &words))
            continue;
        json_object(json);
        json_add_text(json, "call", words.call);
        json_add_text(json, "error", words.error);
        if (refusal->what.path[0] != '\0')
            json_add_text(json, "path", refusal->what.path);
        json_add_int(json, "count", refusal->count);
        json_add_text(json, "why", words.why);
        json_add_text(json, "change", words.change);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_output(struct json_writer *json, const struct run_result *result,
                       const struct shown_stage *run, const struct shown_stage *compile)
{
    bool as_base64 = !json_is_text(run->out) || !json_is_text(run->err) ||
                     !json_is_text(compile->out) || !json_is_text(compile->err);
    add_stream(json, "stdout", run->out, as_base64);
    add_stream(json, "stderr", run->err, as_base64);
    if (as_base64)
        json_add_text(json, "encoding", "base64");
    json_add_int(json, "stdout_bytes", result->run.out.total_bytes);
    json_add_int(json, "stderr_bytes", result->run.err.total_bytes);
    json_add_bool(json, "truncated", is_cut(&result->run) || is_cut(&result->compile));
    add_measures(json, run_result_last(result));
    add_stages(json, result);
    if (result->compiled)
        add_compile(json, result, compile, as_base64);
}

static void add_tag(struct json_writer *json, const struct run_tag *tag, const char *id)
{
    if (tag != NULL)
        json_add_int(json, "index", tag->index);
    if (tag != NULL && tag->id != NULL)
        id = tag->id;
    if (id != NULL)
        json_add_text(json, "id", id);
}

void run_json_add_error(struct json_writer *json, const struct error *err)
{
    json_key(json, "error");
    json_object(json);
    json_add_text(json, "kind", error_kind_word(err->kind));
    json_add_text(json, "code", error_kind_word(err->kind));
    json_add_text(json, "stage", err->stage[0] != '\0' ? err->stage : NULL);
    json_add_int(json, "errno", err->number);
    json_add_text(json, "message", err->text[0] != '\0' ? err->text : NULL);
    json_add_text(json, "hint", err->hint[0] != '\0' ? err->hint : NULL);
    json_object_end(json);
}

void run_json_error(const struct error *err, const struct run_tag *tag, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    add_tag(&json, tag, NULL);
    run_json_add_error(&json, err);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}

static void add_carried(struct json_writer *json, const struct run_carried *carried)
{
    json_key(json, "carried");
    json_object(json);
    json_add_int(json, "files", carried->files);
    json_add_int(json, "bytes", carried->bytes);
    json_add_int(json, "left_out", carried->left_out);
    json_object_end(json);
}

void run_json_add_result(struct json_writer *json, const struct run_result *result, bool explain)
{
    __attribute__((cleanup(shown_stage_done))) struct shown_stage run, compile;
    shown_stage_init(&run, &result->run);
    shown_stage_init(&compile, &result->compile);
    const struct run_stage *last = run_result_last(result);
    json_add_text(json, "verdict", verdict_word(last->verdict));
    json_add_text(json, "message", result->message);
    add_status(json, last);
    add_output(json, result, &run, &compile);
    if (result->carried.any)
        add_carried(json, &result->carried);
    if (result->file_count > 0)
        add_files(json, result);
    json_add_text(json, "language", result->language);
    json_add_text(json, "version", result->version);
    json_add_text(json, "warm", box_made_word(result->isolation.made));
    add_isolation(json, result);
    if (explain)
        add_refusals(json, result);
}

void run_json_result(const struct run_result *result, bool explain, const struct run_tag *tag,
                     struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    add_tag(&json, tag, result->id);
    run_json_add_result(&json, result, explain);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
