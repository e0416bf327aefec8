#include "wire/box_wire.h"

#include <string.h>

#include "wire/field.h"

static bool incomplete(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "a message between our processes is broken: %s", what);
}

static bool finish(const struct field_reader *reader, const char *what, struct error *err)
{
    return field_is_complete(reader) || incomplete(err, what);
}

/* ---- box_spec ------------------------------------------------------------------------------- */

static void put_words(struct buf *out, const struct words *words)
{
    field_put_number(out, words->count);
    for (uint32_t i = 0; i < words->count; i++)
        field_put_text(out, words->list[i]);
}

static struct words get_words(struct field_reader *reader)
{
    uint32_t count = field_get_index(reader, BOX_WORDS_MAX);
    size_t bytes = ((size_t)count + 1) * sizeof(char *);
    /* each word takes at least a length: a count beyond that is a lie, not worth its memory */
    if (reader->broken || (size_t)count * sizeof(int64_t) > reader->rest.len ||
        !arena_fits(reader->arena, bytes + 64)) {
        reader->broken = true;
        return (struct words){};
    }
    struct words words = {.list = arena_alloc(reader->arena, bytes), .count = count};
    for (uint32_t i = 0; i < count; i++)
        words.list[i] = field_get_text(reader, BOX_WORD_BYTES_MAX);
    return words;
}

static void put_limits(struct buf *out, const struct limits *limits)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        field_put_number(out, limits->value[i]);
    field_put_number(out, limits->named);
}

static void get_limits(struct field_reader *reader, struct limits *limits)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        limits->value[i] = field_get_number(reader);
    limits->named = field_get_index(reader, UINT32_MAX);
}

static void put_links(struct buf *out, const struct box_spec *spec)
{
    field_put_number(out, spec->link_count);
    for (uint32_t i = 0; i < spec->link_count; i++) {
        field_put_text(out, spec->links[i].name);
        field_put_text(out, spec->links[i].text);
    }
}

static void get_links(struct field_reader *reader, struct box_spec *spec)
{
    uint32_t count = field_get_index(reader, BOX_LINKS_MAX);
    size_t bytes = count * sizeof(struct box_link);
    if (reader->broken || !arena_fits(reader->arena, bytes + 64)) {
        reader->broken = true;
        return;
    }
    struct box_link *links = arena_alloc(reader->arena, bytes);
    for (uint32_t i = 0; i < count; i++) {
        links[i].name = field_get_text(reader, BOX_PATH_MAX);
        links[i].text = field_get_text(reader, BOX_PATH_MAX);
    }
    spec->link_count = count;
    spec->links = links;
}

int wire_put_spec(struct buf *out, const struct box_spec *spec, int ret_fds[MESSAGE_FDS_MAX])
{
    int count = 0;
    put_words(out, &spec->argv);
    put_words(out, &spec->env);
    field_put_text(out, spec->cwd);
    field_put_text(out, spec->image);
    put_limits(out, &spec->limits);
    field_put_number(out, spec->accept_missing);
    field_put_number(out, spec->network);
    field_put_number(out, spec->noexec);
    field_put_number(out, spec->explain);
    field_put_number(out, spec->cold);
    field_put_number(out, spec->warm);
    field_put_number(out, spec->terminal);
    field_put_number(out, spec->rows);
    field_put_number(out, spec->columns);
    field_put_number(out, spec->channel_count);
    field_put_number(out, spec->input_count);
    for (int i = 0; i < 3; i++)
        ret_fds[count++] = spec->stdio[i];
    for (uint32_t i = 0; i < spec->channel_count; i++)
        ret_fds[count++] = spec->channels[i];
    for (uint32_t i = 0; i < spec->input_count; i++) {
        field_put_number(out, spec->inputs[i].kind);
        field_put_text(out, spec->inputs[i].target);
        ret_fds[count++] = spec->inputs[i].fd;
    }
    put_links(out, spec);
    return count;
}

static bool lend_fds(const struct wire_message *message, struct box_spec *spec)
{
    int at = 0;
    if (message->fd_count != (int)(3 + spec->channel_count + spec->input_count))
        return false;
    for (int i = 0; i < 3; i++)
        spec->stdio[i] = message->fds[at++];
    for (uint32_t i = 0; i < spec->channel_count; i++)
        spec->channels[i] = message->fds[at++];
    for (uint32_t i = 0; i < spec->input_count; i++)
        spec->inputs[i].fd = message->fds[at++];
    return true;
}

bool wire_get_spec(const struct wire_message *message, struct arena *arena,
                   struct box_spec *ret_spec, struct error *err)
{
    struct field_reader reader = {buf_str(&message->payload), arena, false};
    struct box_spec spec = {};
    spec.argv = get_words(&reader);
    spec.env = get_words(&reader);
    spec.cwd = field_get_text(&reader, BOX_PATH_MAX);
    spec.image = field_get_text(&reader, BOX_PATH_MAX);
    get_limits(&reader, &spec.limits);
    spec.accept_missing = field_get_index(&reader, UINT32_MAX);
    spec.network = field_get_index(&reader, NETWORK_GATE);
    spec.noexec = field_get_index(&reader, 1) != 0;
    spec.explain = field_get_index(&reader, 1) != 0;
    spec.cold = field_get_index(&reader, 1) != 0;
    spec.warm = field_get_index(&reader, WARM_COUNT - 1);
    spec.terminal = field_get_index(&reader, 1) != 0;
    spec.rows = field_get_index(&reader, BOX_TERMINAL_MAX);
    spec.columns = field_get_index(&reader, BOX_TERMINAL_MAX);
    spec.channel_count = field_get_index(&reader, BOX_CHANNELS_MAX);
    spec.input_count = field_get_index(&reader, BOX_INPUTS_MAX);
    for (uint32_t i = 0; i < spec.input_count; i++) {
        spec.inputs[i].kind = field_get_index(&reader, BOX_INPUT_PREFIX);
        spec.inputs[i].target = field_get_text(&reader, BOX_PATH_MAX);
    }
    get_links(&reader, &spec);
    if (!finish(&reader, "the spec of a box", err))
        return false;
    if (!lend_fds(message, &spec))
        return incomplete(err, "the file descriptors of a box");
    *ret_spec = spec;
    return true;
}

/* ---- the rest: plain numbers, one list for both directions ---------------------------------- */

void wire_put_cause(struct buf *out, enum box_cause cause)
{
    field_put_number(out, cause);
}

bool wire_get_cause(struct str bytes, enum box_cause *ret_cause, struct error *err)
{
    struct field_reader reader = {.rest = bytes};
    *ret_cause = field_get_index(&reader, BOX_CAUSE_COUNT - 1);
    return finish(&reader, "a cause", err);
}

void wire_put_isolation(struct buf *out, const struct isolation *isolation)
{
    buf_add(out, isolation, sizeof *isolation);
}

bool wire_get_isolation(struct str bytes, struct isolation *ret_isolation, struct error *err)
{
    struct isolation isolation;
    if (bytes.len != sizeof isolation)
        return incomplete(err, "the isolation of a box");
    memcpy(&isolation, bytes.ptr, sizeof isolation);
    if (!isolation_is_sane(&isolation))
        return incomplete(err, "the isolation of a box");
    *ret_isolation = isolation;
    return true;
}

#define END_NUMBERS(X)                                                                             \
    X(status)                                                                                      \
    X(wall_ns)                                                                                     \
    X(cpu_user_ns)                                                                                 \
    X(cpu_system_ns) X(memory_peak_bytes) X(processes_peak) X(oom_kills) X(forks_refused)

void wire_put_end(struct buf *out, const struct box_end *end)
{
    field_put_number(out, end->cause);
    field_put_number(out, end->leader_ended);
    field_put_number(out, end->disk_full);
#define X(name) field_put_number(out, end->name);
    END_NUMBERS(X)
#undef X
}

bool wire_get_end(struct str bytes, struct box_end *ret_end, struct error *err)
{
    struct field_reader reader = {.rest = bytes};
    struct box_end end = {};
    end.cause = field_get_index(&reader, BOX_CAUSE_COUNT - 1);
    end.leader_ended = field_get_index(&reader, 1) != 0;
    end.disk_full = field_get_index(&reader, 1) != 0;
#define X(name) end.name = (typeof(end.name))field_get_number(&reader);
    END_NUMBERS(X)
#undef X
    if (!finish(&reader, "the end of a box", err))
        return false;
    *ret_end = end;
    return true;
}

void wire_put_refusal(struct buf *out, const struct box_refusal *refusal)
{
    buf_add(out, refusal, sizeof *refusal);
}

bool wire_get_refusal(struct str bytes, struct box_refusal *ret_refusal, struct error *err)
{
    if (bytes.len != sizeof *ret_refusal)
        return incomplete(err, "a refusal");
    memcpy(ret_refusal, bytes.ptr, sizeof *ret_refusal);
    ret_refusal->path[sizeof ret_refusal->path - 1] = '\0';
    return true;
}

void wire_put_error(struct buf *out, const struct error *error)
{
    buf_add(out, error, sizeof *error);
}

bool wire_get_error(struct str bytes, struct error *ret_error, struct error *err)
{
    if (bytes.len != sizeof *ret_error)
        return incomplete(err, "an error");
    memcpy(ret_error, bytes.ptr, sizeof *ret_error);
    error_sanitise(ret_error);
    return true;
}

void wire_put_want(struct buf *out, enum warm kind, int count)
{
    field_put_number(out, kind);
    field_put_number(out, count);
}

bool wire_get_want(struct str bytes, enum warm *ret_kind, int *ret_count, struct error *err)
{
    struct field_reader reader = {.rest = bytes};
    *ret_kind = field_get_index(&reader, WARM_COUNT - 1);
    *ret_count = (int)field_get_index(&reader, INT32_MAX);
    return finish(&reader, "a wish for boxes", err);
}
