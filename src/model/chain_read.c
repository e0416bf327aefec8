#include "model/chain_read.h"

#include "base/json_read.h"
#include "base/mem.h"

static const char *list_name(enum chain_kind kind)
{
    return kind == CHAIN_STEPS ? "steps" : "pipes";
}

static bool in_part(enum chain_kind kind, uint32_t index, struct error *err)
{
    return error_wrap(err, "%s[%u]", list_name(kind), index);
}

static bool read_truth(const struct json_value *object, const char *name, bool *ret_truth,
                       struct error *err)
{
    const struct json_value *value = json_get(object, name);
    if (value == NULL)
        return true;
    *ret_truth = value->truth;
    return json_check_kind(value, JSON_BOOL, err);
}

static bool read_part(const struct json_value *value, enum chain_kind kind, struct arena *arena,
                      struct chain_part *part, struct error *err)
{
    static const char *const extras[] = {"may_fail"};
    const struct request_extras of_steps = {extras, COUNT_OF(extras)};
    if (json_get(value, "steps") != NULL || json_get(value, "pipes") != NULL)
        return error_set(err, ERROR_USAGE, "a part of a chain is no chain itself");
    return request_read_value(value, kind == CHAIN_STEPS ? of_steps : (struct request_extras){},
                              arena, &part->request, err) &&
           (kind != CHAIN_STEPS || read_truth(value, "may_fail", &part->may_fail, err));
}

static bool check_count(enum chain_kind kind, size_t count, struct error *err)
{
    size_t least = kind == CHAIN_STEPS ? 1 : 2;
    size_t most = kind == CHAIN_STEPS ? CHAIN_STEPS_MAX : CHAIN_PIPES_MAX;
    if (count >= least && count <= most)
        return true;
    return error_set(err, count < least ? ERROR_USAGE : ERROR_LIMIT,
                     "field '%s' has %zu parts; it takes from %zu to %zu", list_name(kind), count,
                     least, most);
}

static bool read_parts(const struct json_value *list, struct arena *arena,
                       struct chain_request *request, struct error *err)
{
    if (!json_check_kind(list, JSON_ARRAY, err) || !check_count(request->kind, list->count, err))
        return false;
    size_t bytes = list->count * sizeof *request->parts;
    if (!arena_fits(arena, bytes))
        return error_set(err, ERROR_LIMIT, "the request has too many parts");
    request->parts = arena_alloc(arena, bytes);
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (!read_part(item, request->kind, arena, &request->parts[request->count], err))
            return in_part(request->kind, request->count, err);
        request->count++;
    }
    return true;
}

/* Each part says for itself what it wants: nothing of it can stand beside them. */
static bool check_fields(const struct json_value *top, struct error *err)
{
    static const char *const names[] = {"id", "steps", "pipes", "ring"};
    if (json_get(top, "steps") != NULL && json_get(top, "pipes") != NULL)
        return error_set(err, ERROR_USAGE, "a request has 'steps' or 'pipes', not both");
    if (json_get(top, "steps") != NULL && json_get(top, "ring") != NULL)
        return error_set(err, ERROR_USAGE, "field 'ring' goes with 'pipes' only");
    if (json_check_keys(top, names, COUNT_OF(names), err))
        return true;
    return error_hint(err, "beside 'steps' and 'pipes' there are only 'id' and 'ring'; all else "
                           "is said in each part");
}

static bool read_id(const struct json_value *top, struct chain_request *request, struct error *err)
{
    const struct json_value *id = json_get(top, "id");
    if (id == NULL)
        return true;
    if (!json_check_kind(id, JSON_STRING, err))
        return false;
    request->id = id->text.ptr;
    if (str_has(id->text, '\0'))
        return error_set(err, ERROR_USAGE, "field 'id' holds a NUL character");
    return id->text.len <= REQUEST_ID_MAX ||
           error_set(err, ERROR_LIMIT, "field 'id' is longer than %d bytes", REQUEST_ID_MAX);
}

static bool read_alone(const struct json_value *top, struct arena *arena,
                       struct chain_request *request, struct error *err)
{
    if (!arena_fits(arena, sizeof *request->parts))
        return error_set(err, ERROR_LIMIT, "the request has too many parts");
    request->parts = arena_alloc(arena, sizeof *request->parts);
    request->count = 1;
    struct run_request *only = &request->parts[0].request;
    if (!request_read_value(top, (struct request_extras){}, arena, only, err))
        return false;
    request->id = only->id;
    return true;
}

bool chain_read(struct str text, struct arena *arena, struct chain_request *ret_request,
                struct error *err)
{
    struct chain_request request = {};
    if (text.len > REQUEST_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "a request may have %d MiB", REQUEST_BYTES_MAX >> 20);
    const struct json_value *top = json_read(arena, text, err);
    if (top == NULL)
        return false;
    const struct json_value *steps = json_get(top, "steps"), *pipes = json_get(top, "pipes");
    const struct json_value *list = steps != NULL ? steps : pipes;
    request.kind = steps != NULL ? CHAIN_STEPS : pipes != NULL ? CHAIN_PIPES : CHAIN_ALONE;
    bool ok = list == NULL
                  ? read_alone(top, arena, &request, err)
                  : check_fields(top, err) && read_id(top, &request, err) &&
                        read_truth(top, "ring", &request.ring, err) &&
                        read_parts(list, arena, &request, err) && chain_check(&request, err);
    if (!ok)
        return false;
    *ret_request = request;
    return true;
}

/* ---- what holds for chains however they were asked for -------------------------------------- */

static bool check_part(const struct chain_request *request, uint32_t index, struct error *err)
{
    const struct run_request *part = &request->parts[index].request;
    if (part->terminal)
        return error_set(err, ERROR_USAGE, "a terminal is for one program alone");
    if (request->kind == CHAIN_PIPES && part->input.len > 0 && (index > 0 || request->ring))
        return error_set(err, ERROR_USAGE,
                         "field 'stdin': it reads what another one of the pipes writes");
    return true;
}

bool chain_check(const struct chain_request *request, struct error *err)
{
    if (request->kind == CHAIN_ALONE)
        return true;
    if (!check_count(request->kind, request->count, err))
        return false;
    for (uint32_t i = 0; i < request->count; i++) {
        if (!check_part(request, i, err))
            return in_part(request->kind, i, err);
        request->parts[i].request.carried = request->kind == CHAIN_STEPS && i > 0;
    }
    return true;
}
