#include "cli/tool_box.h"

#include "cli/cancel.h"
#include "lang/lang.h"
#include "model/words.h"
#include "role/broker.h"
#include "run/run.h"
#include "sys/fd.h"

#define MIB (INT64_C(1) << 20)

enum { WALL_MS = 600000, MEMORY_MIB = 2048, PROCESSES = 64, DISK_MIB = 256 };

void tool_box_init(struct tool_box *box, struct arena *arena)
{
    *box = (struct tool_box){.arena = arena};
    struct run_request *request = &box->request;
    request->profile = profile_find(STR("project"));
    request->limits = limits_of_profile(request->profile);
    request->limits.value[LIMIT_MEMORY] = MEMORY_MIB * MIB;
    request->limits.value[LIMIT_PROCESSES] = PROCESSES;
    request->limits.value[LIMIT_DISK] = DISK_MIB * MIB;
    request->limits.value[LIMIT_WALL] = request->limits.value[LIMIT_CPU] = WALL_MS;
    request->compile_limits = request->limits;
    request->inputs = arena_alloc(arena, TOOL_BOX_FOLDERS_MAX * sizeof *request->inputs);
}

bool tool_box_add_folder(struct tool_box *box, const char *path, const char *name,
                         struct error *err)
{
    struct run_request *request = &box->request;
    if (request->input_count == TOOL_BOX_FOLDERS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d folders are named", TOOL_BOX_FOLDERS_MAX);
    request->inputs[request->input_count++] = (struct request_input){path, name};
    return true;
}

void tool_box_add_word(struct tool_box *box, const char *word)
{
    words_add(&box->request.command, box->arena, word);
}

void tool_box_add_env(struct tool_box *box, const char *variable)
{
    words_add(&box->request.env, box->arena, variable);
}

static void hear(void *cookie, struct str bytes)
{
    struct buf *out = cookie;
    buf_add_str(out, bytes);
}

static bool judge(const struct run_result *result, int *ret_status, struct error *err)
{
    const struct run_stage *stage = run_result_last(result);
    if (stage->verdict == VERDICT_CANCELED)
        return error_set(err, ERROR_INTERRUPTED, "canceled");
    if (stage->verdict != VERDICT_OK && stage->verdict != VERDICT_FAILED)
        return error_set(err, ERROR_LIMIT, "%s", result->message);
    *ret_status = stage->exit_code;
    return true;
}

bool tool_box_run(struct tool_box *box, struct buf *out, int *ret_status, struct error *err)
{
    struct plan plan;
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    __attribute__((cleanup(run_result_done))) struct run_result result;
    auto_close int cancel = cancel_open(err);
    const struct run_io io = {
        .stdin_fd = -1, .cancel_fd = cancel, .hear = hear, .hear_cookie = out};
    run_result_init(&result);
    return cancel >= 0 && broker_start_private(&broker, err) &&
           lang_plan(&box->request, box->arena, &plan, err) &&
           run_plan(broker.socket, &plan, &io, &result, err) && judge(&result, ret_status, err);
}
