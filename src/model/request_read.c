#include "model/request_read.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/words.h"

struct reading {
    struct run_request request;
    struct arena *arena;
};

/* ---- single values -------------------------------------------------------------------------- */

/* A stranger's word for a message. */
struct shown_word {
    char text[64];
};

static struct shown_word shown(const struct json_value *value)
{
    struct shown_word word = {};
    auto_buf struct buf text;
    buf_init(&text, sizeof word.text - 1);
    text_escape(&text, value->text, false);
    memcpy(word.text, buf_str(&text).ptr, text.len);
    return word;
}

/* All keys that get here are known ones, or plain. */
static bool check_text(const struct json_value *value, struct error *err)
{
    if (!json_check_kind(value, JSON_STRING, err))
        return false;
    if (memchr(value->text.ptr, '\0', value->text.len) == NULL)
        return true;
    if (value->key.ptr == NULL)
        return error_set(err, ERROR_USAGE, "the value holds a NUL character");
    return error_set(err, ERROR_USAGE, "field '%s' holds a NUL character", value->key.ptr);
}

static bool get_text(const struct json_value *value, const char **ret_text, struct error *err)
{
    if (!check_text(value, err))
        return false;
    *ret_text = value->text.ptr;
    return true;
}

static bool get_bool(const struct json_value *value, bool *ret_truth, struct error *err)
{
    if (!json_check_kind(value, JSON_BOOL, err))
        return false;
    *ret_truth = value->truth;
    return true;
}

static bool in_item(struct error *err, const char *list, size_t index)
{
    return error_wrap(err, "%s[%zu]", list, index);
}

/* A list that grows leaves its former selves in the arena: twice what it comes to, which is twice
 * what it needs. */
static bool words_fit(const struct reading *reading, size_t count, struct error *err)
{
    return arena_fits(reading->arena, (count + 16) * 4 * sizeof(char *)) ||
           error_set(err, ERROR_LIMIT, "the request has too many parts");
}

static bool get_words(struct reading *reading, const struct json_value *value, const char *name,
                      struct words *words, struct error *err)
{
    size_t index = 0;
    const char *word;
    if (!json_check_kind(value, JSON_ARRAY, err) || !words_fit(reading, value->count, err))
        return false;
    for (const struct json_value *item = value->first; item != NULL; item = item->next, index++) {
        if (!get_text(item, &word, err))
            return in_item(err, name, index);
        words_add(words, reading->arena, word);
    }
    return true;
}

static bool read_id(struct reading *reading, const struct json_value *value, struct error *err)
{
    if (!get_text(value, &reading->request.id, err))
        return false;
    return value->text.len <= REQUEST_ID_MAX ||
           error_set(err, ERROR_LIMIT, "field 'id' is longer than %d bytes", REQUEST_ID_MAX);
}

static bool read_code(struct reading *reading, const struct json_value *value, struct error *err)
{
    reading->request.has_code = true;
    reading->request.code = value->text;
    return json_check_kind(value, JSON_STRING, err);
}

static bool read_command(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_words(reading, value, "command", &reading->request.command, err);
}

static bool read_entry(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_text(value, &reading->request.entry, err);
}

static bool read_language(struct reading *reading, const struct json_value *value,
                          struct error *err)
{
    return get_text(value, &reading->request.language, err);
}

static bool read_version(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_text(value, &reading->request.version, err);
}

static bool read_args(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_words(reading, value, "args", &reading->request.args, err);
}

static bool read_stdin(struct reading *reading, const struct json_value *value, struct error *err)
{
    reading->request.input = value->text;
    return json_check_kind(value, JSON_STRING, err);
}

static bool read_cwd(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_text(value, &reading->request.cwd, err);
}

static bool read_image(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_text(value, &reading->request.image, err);
}

static bool read_no_store(struct reading *reading, const struct json_value *value,
                          struct error *err)
{
    return get_bool(value, &reading->request.no_store, err);
}

static bool read_cold(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_bool(value, &reading->request.cold, err);
}

static bool read_explain(struct reading *reading, const struct json_value *value, struct error *err)
{
    return get_bool(value, &reading->request.explain, err);
}

static bool read_network(struct reading *reading, const struct json_value *value, struct error *err)
{
    static const char *const words[] = {[NETWORK_NONE] = "none", [NETWORK_LOOPBACK] = "loopback"};
    const char *word;
    if (!get_text(value, &word, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        reading->request.network = (enum network)i;
        return true;
    }
    return error_set(err, ERROR_USAGE, "field 'network' must be \"none\" or \"loopback\"");
}

/* ---- files and folders ---------------------------------------------------------------------- */

static bool get_members(const struct json_value *object, const char *const names[], size_t count,
                        struct error *err)
{
    if (!json_check_keys(object, names, count, err))
        return false;
    for (size_t i = 0; i < 2; i++) /* the first two are those that must be there */
        if (json_get(object, names[i]) == NULL)
            return error_set(err, ERROR_USAGE, "field '%s' is missing", names[i]);
    return true;
}

static bool decode(struct reading *reading, const struct json_value *content, struct str *ret_bytes,
                   struct error *err)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, content->text.len);
    if (!base64_read(&bytes, content->text) || bytes.over)
        return error_set(err, ERROR_USAGE, "field 'content' is not base64");
    if (!arena_fits(reading->arena, bytes.len))
        return error_set(err, ERROR_LIMIT, "the files are too large");
    *ret_bytes = str_of(arena_string(reading->arena, buf_str(&bytes)), bytes.len);
    return true;
}

static bool read_file(struct reading *reading, const struct json_value *value,
                      struct request_file *file, struct error *err)
{
    static const char *const names[] = {"name", "content", "encoding"};
    if (!get_members(value, names, COUNT_OF(names), err))
        return false;
    const struct json_value *content = json_get(value, "content");
    const struct json_value *encoding = json_get(value, "encoding");
    if (!get_text(json_get(value, "name"), &file->name, err) ||
        !json_check_kind(content, JSON_STRING, err) ||
        (encoding != NULL && !check_text(encoding, err)))
        return false;
    file->content = content->text;
    if (encoding == NULL || str_is(encoding->text, "text"))
        return true;
    if (str_is(encoding->text, "base64"))
        return decode(reading, content, &file->content, err);
    return error_set(err, ERROR_USAGE, "field 'encoding' must be \"text\" or \"base64\"");
}

static bool get_room(struct reading *reading, const struct json_value *list, size_t size,
                     void **ret_room, struct error *err)
{
    if (!json_check_kind(list, JSON_ARRAY, err))
        return false;
    size_t bytes = (list->count + 1) * size;
    if (list->count > REQUEST_BYTES_MAX || !arena_fits(reading->arena, bytes))
        return error_set(err, ERROR_LIMIT, "the request has too many parts");
    *ret_room = arena_alloc(reading->arena, bytes);
    return true;
}

static bool read_files(struct reading *reading, const struct json_value *value, struct error *err)
{
    struct run_request *request = &reading->request;
    void *room;
    if (!get_room(reading, value, sizeof *request->files, &room, err))
        return false;
    request->files = room;
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        if (!read_file(reading, item, &request->files[request->file_count++], err))
            return in_item(err, "files", request->file_count - (size_t)1);
    return true;
}

static bool read_input(const struct json_value *value, struct request_input *input,
                       struct error *err)
{
    static const char *const names[] = {"path", "name"};
    return get_members(value, names, COUNT_OF(names), err) &&
           get_text(json_get(value, "path"), &input->path, err) &&
           get_text(json_get(value, "name"), &input->name, err);
}

static bool read_inputs(struct reading *reading, const struct json_value *value, struct error *err)
{
    struct run_request *request = &reading->request;
    void *room;
    if (!get_room(reading, value, sizeof *request->inputs, &room, err))
        return false;
    request->inputs = room;
    for (const struct json_value *item = value->first; item != NULL; item = item->next)
        if (!read_input(item, &request->inputs[request->input_count++], err))
            return in_item(err, "inputs", request->input_count - (size_t)1);
    return true;
}

static bool read_out(struct reading *reading, const struct json_value *value, struct error *err)
{
    struct run_request *request = &reading->request;
    void *room;
    if (!get_room(reading, value, sizeof *request->outs, &room, err))
        return false;
    struct request_out *outs = room;
    request->outs = outs;
    for (const struct json_value *item = value->first; item != NULL; item = item->next) {
        struct request_out *out = &outs[request->out_count++];
        if (!get_text(item, &out->glob, err))
            return in_item(err, "out", request->out_count - (size_t)1);
        if (strncmp(out->glob, BOX_WORK "/", sizeof BOX_WORK) == 0)
            out->glob += sizeof BOX_WORK;
    }
    return true;
}

/* ---- the environment ------------------------------------------------------------------------ */

static bool read_env(struct reading *reading, const struct json_value *value, struct error *err)
{
    if (!json_check_kind(value, JSON_OBJECT, err) || !words_fit(reading, value->count, err))
        return false;
    for (const struct json_value *item = value->first; item != NULL; item = item->next) {
        const char *text;
        if (!env_name_is_plain(item->key))
            return error_set(err, ERROR_USAGE,
                             "field 'env' names a variable by more than letters, digits, '_', '.' "
                             "and '-', or by a digit first");
        if (!get_text(item, &text, err))
            return error_wrap(err, "env");
        if (!arena_fits(reading->arena, item->key.len + item->text.len + 64) ||
            !words_fit(reading, value->count, err))
            return error_set(err, ERROR_LIMIT, "the environment is too large");
        words_add(&reading->request.env, reading->arena,
                  arena_text(reading->arena, "%s=%s", item->key.ptr, text));
    }
    return true;
}

/* ---- limits --------------------------------------------------------------------------------- */

/* Whole numbers in the unit that the field's name says; of processors, thousandths count. */
static bool get_limit(const struct json_value *value, enum limit which, int64_t *ret_value,
                      struct error *err)
{
    const struct limit_row *row = &limit_rows[which];
    if (!json_check_kind(value, JSON_NUMBER, err))
        return false;
    if (row->unit != LIMIT_UNIT_MILLI) {
        *ret_value = value->integer;
        return value->is_integer || json_check_integer(value, row->min, row->max, err);
    }
    if (fabs(value->number) > 1e12)
        return error_set(err, ERROR_USAGE, "field '%s' is far too large", row->field);
    *ret_value = (int64_t)llround(value->number * 1000);
    return true;
}

static bool read_limits_into(const struct json_value *object, struct limits *limits,
                             struct error *err)
{
    const char *known[LIMIT_COUNT];
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        known[i] = limit_rows[i].field;
    if (!json_check_keys(object, known, LIMIT_COUNT, err))
        return false;
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        const struct json_value *value = json_get(object, limit_rows[i].field);
        int64_t number;
        if (value == NULL)
            continue;
        if (!get_limit(value, i, &number, err))
            return false;
        if (!limits_set(limits, i, number, err))
            return error_wrap(err, "field '%s'", limit_rows[i].field);
    }
    return true;
}

static bool read_limits(struct reading *reading, const struct json_value *value, struct error *err)
{
    return read_limits_into(value, &reading->request.limits, err) || error_wrap(err, "limits");
}

static bool read_compile_limits(struct reading *reading, const struct json_value *value,
                                struct error *err)
{
    return read_limits_into(value, &reading->request.compile_limits, err) ||
           error_wrap(err, "compile_limits");
}

static bool read_accept_missing(struct reading *reading, const struct json_value *value,
                                struct error *err)
{
    size_t index = 0;
    if (!json_check_kind(value, JSON_ARRAY, err))
        return false;
    for (const struct json_value *item = value->first; item != NULL; item = item->next, index++) {
        enum limit limit;
        if (!check_text(item, err))
            return in_item(err, "accept_missing", index);
        if (!limit_find(item->text, &limit)) {
            error_set(err, ERROR_USAGE, "there is no limit '%s'", shown(item).text);
            return in_item(err, "accept_missing", index);
        }
        reading->request.accept_missing |= UINT32_C(1) << limit;
    }
    return true;
}

/* Read before all others: single limits change what it sets. */
static bool read_profile(struct reading *reading, const struct json_value *value, struct error *err)
{
    (void)reading;
    return check_text(value, err);
}

static bool take_profile(struct reading *reading, const struct json_value *top, struct error *err)
{
    const struct json_value *value = json_get(top, "profile");
    bool named = value != NULL && value->kind == JSON_STRING;
    struct run_request *request = &reading->request;
    request->profile = profile_find(named ? value->text : STR("default"));
    if (request->profile == NULL)
        return error_set(err, ERROR_USAGE, "there is no profile '%s'", shown(value).text);
    request->limits = limits_of_profile(request->profile);
    request->compile_limits = limits_of_profile(profile_find(STR("compile")));
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static const struct field {
    const char *name;
    bool (*read)(struct reading *reading, const struct json_value *value, struct error *err);
} fields[] = {

#define FIELD(name, reader) {#name, reader},
#include "model/request_fields.def"
#undef FIELD
};

enum { EXTRAS_MAX = 4 };

static bool check_fields(const struct json_value *top, struct request_extras extras,
                         struct error *err)
{
    const char *names[COUNT_OF(fields) + EXTRAS_MAX];
    size_t count = 0;
    assert(extras.count <= EXTRAS_MAX);
    for (; count < COUNT_OF(fields); count++)
        names[count] = fields[count].name;
    for (size_t i = 0; i < extras.count; i++)
        names[count++] = extras.names[i];
    if (top->kind != JSON_OBJECT)
        return error_set(err, ERROR_USAGE, "a request is a JSON object");
    return json_check_keys(top, names, count, err);
}

bool request_read_value(const struct json_value *value, struct request_extras extras,
                        struct arena *arena, struct run_request *ret_request, struct error *err)
{
    struct reading reading = {.arena = arena};
    if (!check_fields(value, extras, err) || !take_profile(&reading, value, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct json_value *field = json_get(value, fields[i].name);
        if (field != NULL && !fields[i].read(&reading, field, err))
            return false;
    }
    *ret_request = reading.request;
    return true;
}

bool request_read(struct str text, struct arena *arena, struct run_request *ret_request,
                  struct error *err)
{
    if (text.len > REQUEST_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "a request may have %d MiB", REQUEST_BYTES_MAX >> 20);
    const struct json_value *top = json_read(arena, text, err);
    return top != NULL &&
           request_read_value(top, (struct request_extras){}, arena, ret_request, err);
}
