#include "proof/witness.h"

#include "base/buf.h"
#include "base/json_read.h"

enum { LINE_ARENA_BYTES = 1 << 20, REASON_MAX = 400 };

static struct str text_of(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static int64_t number_of(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    return value != NULL && value->is_integer ? value->integer : -1;
}

static struct test_case *find_case(const struct test_suite *suite, struct str name, int64_t place)
{
    for (uint32_t b = 0; b < suite->block_count; b++) {
        const struct test_block *block = &suite->blocks[b];
        if (!str_equal(block->name, name))
            continue;
        for (uint32_t c = 0; c < block->case_count; c++)
            if ((int64_t)block->cases[c].position == place)
                return &block->cases[c];
    }
    return NULL;
}

/* Runs end in any order; what is told of a test must not depend on it. */
static bool is_told_already(const struct witness *w, const struct test_case *one,
                            enum case_fate fate)
{
    return one->fate != CASE_KEPT &&
           (one->fate != CASE_FLAKY || fate != CASE_FLAKY || w->rank >= one->rank);
}

static void drop(struct witness *w, struct test_case *one, enum case_fate fate, struct str why)
{
    auto_buf struct buf reason;
    buf_init(&reason, REASON_MAX);
    if (w->under != NULL)
        buf_printf(&reason, "%s: ", w->under);
    buf_add_str(&reason, why);
    if (is_told_already(w, one, fate))
        return;
    w->dropped += one->fate == CASE_KEPT;
    one->fate = fate;
    one->under = w->under;
    one->rank = w->rank;
    one->reason = str_of(arena_string(w->arena, buf_str(&reason)), buf_str(&reason).len);
}

static void judge(struct witness *w, struct test_case *one, const struct json_value *line)
{
    const struct json_value *effects = json_get(line, "effects");
    struct str outcome = text_of(line, "outcome");
    int64_t took_us = number_of(line, "us");
    one->seen = true;
    if (w->under == NULL && took_us > 0 && took_us < INT64_C(1) << 40)
        one->took_us = took_us;
    if (w->cause != 0) {
        one->causes |= str_is(outcome, "passed") ? 0 : w->cause;
        return;
    }
    if (!str_is(outcome, "passed"))
        drop(w, one, w->under != NULL ? CASE_FLAKY : CASE_FAILED,
             str_is(outcome, "failed") ? text_of(line, "why") : outcome);
    else if (effects != NULL && effects->kind == JSON_ARRAY && effects->count > 0)
        drop(w, one, CASE_EFFECT,
             effects->first->kind == JSON_STRING ? effects->first->text : STR("unknown"));
}

static void hear_test(struct witness *w, const struct json_value *line)
{
    struct str file = text_of(line, "file"), outcome = text_of(line, "outcome");
    if (str_is(file, w->planted_file)) {
        struct str name = text_of(line, "test");
        if (str_ends(name, "_fails"))
            w->planted_failed = str_is(outcome, "failed");
        else
            w->planted_passed = str_is(outcome, "passed");
        return;
    }
    struct test_case *one =
        str_is(file, w->module_file)
            ? find_case(w->suite, text_of(line, "test"), number_of(line, "case"))
            : NULL;
    if (one != NULL)
        judge(w, one, line);
}

static void hear_collection(struct witness *w, const struct json_value *line)
{
    struct str why = text_of(line, "why");
    w->collected = false;
    if (w->why == NULL)
        w->why = arena_string(w->arena, why);
}

static void hear(struct witness *w, struct str text)
{
    auto_arena struct arena arena;
    struct error unheard;
    arena_init(&arena, LINE_ARENA_BYTES);
    const struct json_value *line = json_read(&arena, text, &unheard);
    if (json_get(line, "began") != NULL)
        w->began = true;
    else if (json_get(line, "ended") != NULL)
        w->ended = true;
    else if (json_get(line, "collect") != NULL)
        hear_collection(w, line);
    else if (json_get(line, "test") != NULL)
        hear_test(w, line);
}

static void forget_seen(struct test_suite *suite)
{
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            suite->blocks[b].cases[c].seen = false;
}

void witness_read(struct witness *witness, struct str text)
{
    struct str line;
    witness->collected = true;
    forget_seen(witness->suite);
    while (str_take_line(&text, &line))
        hear(witness, line);
}

bool witness_is_whole(const struct witness *witness)
{
    return witness->began && witness->ended && witness->collected && witness->planted_failed &&
           witness->planted_passed && witness_first_unseen(witness->suite) == NULL;
}

struct test_case *witness_first_unseen(const struct test_suite *suite)
{
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++) {
            struct test_case *one = &suite->blocks[b].cases[c];
            if (one->position != TEST_NOWHERE && !one->seen)
                return one;
        }
    return NULL;
}
