#include "testgen/guest.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utf8.h"
#include "testgen/guest_private.h"
#include "testgen/marshal.h"

/* ---- frames -------------------------------------------------------------------------------- */

static bool send_all(int channel, struct str bytes, struct error *err)
{
    while (bytes.len > 0) {
        ssize_t sent = send(channel, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return error_set(err, ERROR_INTERRUPTED, "the guest ended before it was asked");
        if (sent < 0)
            return error_sys(err, "send to the guest");
        bytes = str_skip(bytes, (size_t)sent);
    }
    return true;
}

static bool receive_all(int channel, char *place, size_t length, struct error *err)
{
    while (length > 0) {
        ssize_t got = recv(channel, place, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return error_set(err, ERROR_INTERRUPTED, "the guest ended before it answered");
        if (got < 0)
            return error_sys(err, "receive from the guest");
        place += got;
        length -= (size_t)got;
    }
    return true;
}

static void put_length(char place[4], size_t length)
{
    for (int i = 0; i < 4; i++)
        place[i] = (char)(length >> 8 * i & 0xff);
}

static size_t get_length(const char place[4])
{
    size_t length = 0;
    for (int i = 4; i-- > 0;)
        length = length << 8 | (unsigned char)place[i];
    return length;
}

static bool send_value(int channel, const struct value *value, struct error *err)
{
    auto_buf struct buf frame;
    buf_init(&frame, GUEST_FRAME_MAX + 4);
    buf_extend(&frame, 4);
    marshal_write(&frame, value);
    if (frame.over)
        return error_set(err, ERROR_LIMIT, "a question to the guest is too long");
    put_length(frame.data, frame.len - 4);
    return send_all(channel, buf_str(&frame), err);
}

/* The bytes stay in the arena, as values may borrow from them. */
static const struct value *receive_value(int channel, struct arena *arena, struct error *err)
{
    char head[4];
    if (!receive_all(channel, head, sizeof head, err))
        return NULL;
    size_t length = get_length(head);
    if (length > GUEST_FRAME_MAX || !arena_fits(arena, length))
        return error_set_null(err, ERROR_LIMIT, "the guest's answer of %zu bytes is too long",
                              length);
    char *bytes = arena_alloc(arena, length + 1);
    if (!receive_all(channel, bytes, length, err))
        return NULL;
    const struct value *value = marshal_read(arena, str_of(bytes, length), err);
    return value != NULL ? value : error_wrap_null(err, "read the guest's answer");
}

/* ---- asking -------------------------------------------------------------------------------- */

static bool is_answer(const struct value *value, const char *word, size_t count)
{
    return value->kind == VALUE_TUPLE && value->count == count &&
           value->items[0]->kind == VALUE_TEXT && str_is(value->items[0]->text, word);
}

static bool report_failure(const struct value *answer, struct error *err)
{
    const struct value *kind = answer->items[1], *text = answer->items[2];
    if (kind->kind != VALUE_TEXT || text->kind != VALUE_TEXT)
        return error_set(err, ERROR_INPUT, "the guest failed and says not how");
    struct str word = utf8_cut(kind->text, 60), reason = utf8_cut(text->text, 400);
    error_set(err, ERROR_INPUT, "%.*s: %.*s", (int)word.len, word.ptr, (int)reason.len, reason.ptr);
    return error_stage(err, GUEST_FAILED);
}

/* The second item of ("WORD", item). */
static const struct value *ask(struct guest *guest, const struct value *question, const char *word,
                               struct arena *arena, struct error *err)
{
    if (!send_value(guest->channel, question, err))
        return NULL;
    const struct value *answer = receive_value(guest->channel, arena, err);
    if (answer == NULL)
        return NULL;
    if (is_answer(answer, "failed", 3)) {
        report_failure(answer, err);
        return NULL;
    }
    if (!is_answer(answer, word, 2))
        return error_set_null(err, ERROR_INPUT, "the guest answers something else than '%s'", word);
    return answer->items[1];
}

/* ---- opening ------------------------------------------------------------------------------- */

static const struct value *texts_value(struct arena *arena, const struct str *texts, size_t count)
{
    const struct value **items = arena_alloc(arena, count * sizeof(struct value *));
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(arena, texts[i]);
    return value_many(arena, VALUE_TUPLE, items, count);
}

static const struct value *open_question(struct arena *arena,
                                         const struct guest_open_options *options)
{
    const struct value *entries[] = {
        value_text(arena, STR("root")),
        value_text(arena, options->root),
        value_text(arena, STR("module")),
        value_text(arena, options->module),
        value_text(arena, STR("path")),
        value_text(arena, options->path),
        value_text(arena, STR("visibility")),
        value_text(arena, options->visibility),
        value_text(arena, STR("only")),
        texts_value(arena, options->only, options->only_count),
        value_text(arena, STR("skip")),
        texts_value(arena, options->skip, options->skip_count),
        value_text(arena, STR("fuel")),
        value_int(arena, options->fuel),
    };
    const struct value *items[] = {
        value_text(arena, STR("open")),
        value_many(arena, VALUE_DICT, entries, sizeof entries / sizeof *entries)};
    return value_many(arena, VALUE_TUPLE, items, 2);
}

bool guest_open(struct guest *guest, const struct guest_open_options *options, struct arena *arena,
                struct subject *ret, struct error *err)
{
    const struct value *description =
        ask(guest, open_question(arena, options), "opened", arena, err);
    if (description == NULL || !subject_read(arena, description, ret, err))
        return false;
    guest->subject = ret;
    return true;
}

/* ---- batches ------------------------------------------------------------------------------- */

enum { PROGRAM_BYTES_MAX = 1 << 20, QUESTION_BYTES_MAX = 256 << 20 };

static const struct value *program_value(struct arena *arena, const struct program *program)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, PROGRAM_BYTES_MAX);
    program_write(&bytes, program);
    if (bytes.over) /* what cannot be said is answered as a bad program */
        buf_clear(&bytes);
    return value_bytes(arena, buf_str(&bytes));
}

static const struct value *programs_value(struct arena *arena, const struct program *programs,
                                          size_t count)
{
    const struct value **items = arena_alloc(arena, count * sizeof(struct value *));
    for (size_t i = 0; i < count; i++)
        items[i] = program_value(arena, &programs[i]);
    return value_many(arena, VALUE_TUPLE, items, count);
}

/* Asks, and makes sure that there is one entry for each program. */
static const struct value *ask_batch(struct guest *guest, const struct value *const *question,
                                     size_t length, const char *word, size_t count,
                                     struct arena *scratch, struct arena *arena, struct error *err)
{
    const struct value *answer =
        ask(guest, value_many(scratch, VALUE_TUPLE, question, length), word, arena, err);
    if (answer == NULL)
        return NULL;
    if ((answer->kind != VALUE_TUPLE && answer->kind != VALUE_LIST) || answer->count != count)
        return error_set_null(err, ERROR_INPUT, "the guest answers %zu of %zu programs",
                              answer->count, count);
    return answer;
}

/* One execution more is charged for each so much fuel: about what a short call costs. */
enum { FUEL_OF_ONE = 200 };

bool guest_run(struct guest *guest, unsigned flags, uint32_t fuel, struct str watch,
               const struct program *programs, size_t count, struct arena *arena, struct trace *ret,
               struct error *err)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, QUESTION_BYTES_MAX);
    const struct value *question[] = {value_text(&scratch, STR("run")), value_int(&scratch, flags),
                                      value_int(&scratch, fuel), value_bytes(&scratch, watch),
                                      programs_value(&scratch, programs, count)};
    const struct value *answer = ask_batch(guest, question, 5, "ran", count, &scratch, arena, err);
    guest->executions += count;
    for (size_t i = 0; answer != NULL && i < count; i++) {
        if (!guest_read_trace(guest->subject, arena, answer->items[i], &ret[i], err))
            return false;
        guest->executions += ret[i].fuel / FUEL_OF_ONE;
    }
    return answer != NULL;
}

static const struct value *request_value(struct arena *arena, const struct mutant_request *request)
{
    const struct value **mutants = arena_alloc(arena, request->count * sizeof(struct value *));
    for (uint32_t i = 0; i < request->count; i++)
        mutants[i] = value_int(arena, request->mutants[i]);
    const struct value *items[] = {program_value(arena, request->program),
                                   value_many(arena, VALUE_TUPLE, mutants, request->count)};
    return value_many(arena, VALUE_TUPLE, items, 2);
}

bool guest_mask_has(struct str mask, uint32_t at)
{
    return at / 8 < mask.len && ((unsigned char)mask.ptr[at / 8] >> at % 8 & 1) != 0;
}

static uint32_t count_endless(const struct judgement *judgement)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < judgement->count; i++)
        count += guest_mask_has(judgement->masks[i].mask, judgement->component_count);
    return count;
}

bool guest_mutants(struct guest *guest, uint32_t fuel, const struct mutant_request *requests,
                   size_t count, struct arena *arena, struct judgement *ret, struct error *err)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, QUESTION_BYTES_MAX);
    const struct value **items = arena_alloc(&scratch, count * sizeof(struct value *));
    for (size_t i = 0; i < count; i++) {
        items[i] = request_value(&scratch, &requests[i]);
        guest->executions += requests[i].count + 1ULL;
    }
    const struct value *question[] = {value_text(&scratch, STR("mutants")),
                                      value_int(&scratch, fuel),
                                      value_many(&scratch, VALUE_TUPLE, items, count)};
    const struct value *answer =
        ask_batch(guest, question, 3, "judged", count, &scratch, arena, err);
    for (size_t i = 0; answer != NULL && i < count; i++) {
        if (!guest_read_judgement(arena, answer->items[i], &requests[i], &ret[i], err))
            return false;
        guest->executions += (uint64_t)count_endless(&ret[i]) * (fuel / FUEL_OF_ONE);
    }
    return answer != NULL;
}

bool guest_observe(struct guest *guest, uint32_t fuel, const struct program *programs, size_t count,
                   struct arena *arena, struct observation *ret, struct error *err)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, QUESTION_BYTES_MAX);
    const struct value *question[] = {value_text(&scratch, STR("observe")),
                                      value_int(&scratch, fuel),
                                      programs_value(&scratch, programs, count)};
    const struct value *answer =
        ask_batch(guest, question, 3, "observed", count, &scratch, arena, err);
    guest->executions += 2 * count;
    for (size_t i = 0; answer != NULL && i < count; i++)
        if (!guest_read_observation(arena, answer->items[i], &ret[i], err))
            return false;
    return answer != NULL;
}

bool guest_suspect(struct guest *guest, uint32_t fuel, const struct program *programs, size_t count,
                   struct arena *arena, struct doubts *ret, struct error *err)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, QUESTION_BYTES_MAX);
    const struct value *question[] = {value_text(&scratch, STR("suspect")),
                                      value_int(&scratch, fuel),
                                      programs_value(&scratch, programs, count)};
    const struct value *answer =
        ask_batch(guest, question, 3, "suspected", count, &scratch, arena, err);
    for (size_t i = 0; answer != NULL && i < count; i++)
        if (!guest_read_doubts(guest->subject, arena, answer->items[i], &ret[i], err))
            return false;
    return answer != NULL;
}

void guest_close(struct guest *guest)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, 1 << 16);
    const struct value *word = value_text(&scratch, STR("close"));
    struct error err = {};
    /* One that is gone already needs no goodbye. */
    (void)!send_value(guest->channel, value_many(&scratch, VALUE_TUPLE, &word, 1), &err);
}
