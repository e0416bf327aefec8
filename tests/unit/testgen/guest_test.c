#include "testgen/guest.h"

#include <unistd.h>

#include "testgen/marshal.h"
#include "tests/test.h"
#include "tests/unit/testgen/sample.h"

static struct arena *memory(void)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, 160 << 20);
    return &arena;
}

#define I(number) value_int(memory(), number)
#define T(text) sample_text(memory(), text)
#define TUP(...) TUPLE(memory(), __VA_ARGS__)

static void open_sample(struct guest *guest, struct subject *subject)
{
    struct error err = {};
    *guest = (struct guest){.channel = sample_guest()};
    CHECK_OK(guest_open(guest, &(struct guest_open_options){.fuel = 9}, memory(), subject, &err),
             err);
}

static struct program call_pick(const struct value *number)
{
    static struct argument argument;
    static struct statement statement;
    argument = (struct argument){.value = number};
    statement = (struct statement){.arguments = &argument, .argument_count = 1};
    return (struct program){.statements = &statement, .count = 1};
}

TEST(guest_runs_programs_and_gives_their_traces)
{
    struct guest guest;
    struct subject subject;
    struct trace trace;
    struct error err = {};
    open_sample(&guest, &subject);
    struct program program = call_pick(I(-4));
    CHECK_OK(guest_run(&guest, RUN_WANT_DIGEST, 100, STR(""), &program, 1, memory(), &trace, &err),
             err);
    CHECK_INT(trace.status, RUN_RAISED);
    CHECK_INT(trace.origin, ORIGIN_RAISE);
    CHECK(str_is(trace.exception, "ValueError"));
    CHECK_INT(trace.hit_count, 2);
    CHECK_INT(trace.hits[1], 1);
    CHECK_INT(trace.operand_count, 1);
    CHECK_INT(trace.operands[0].a->integer, -4);
    CHECK_INT(guest.executions, 1);
    guest_close(&guest);
    close(guest.channel);
}

/* What a guest that answers `value` to everything makes of a run of one program. */
static bool hears(const struct value *value, struct error *err)
{
    struct subject subject;
    struct trace trace;
    auto_buf struct buf frame;
    buf_init(&frame, 1 << 20);
    buf_extend(&frame, 4);
    marshal_write(&frame, value);
    uint32_t length = (uint32_t)frame.len - 4;
    memcpy(frame.data, &length, 4);
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, err), *err);
    struct guest guest = {.channel = sample_liar(buf_str(&frame)), .subject = &subject};
    struct program program = call_pick(I(1));
    bool heard = guest_run(&guest, 0, 100, STR(""), &program, 1, memory(), &trace, err);
    close(guest.channel);
    return heard;
}

static const struct value *result(int64_t status, int64_t at, int64_t origin, struct str hits)
{
    return TUP(I(status), I(at), value_none(), I(origin), T("int"), value_bytes(memory(), hits),
               value_many(memory(), VALUE_TUPLE, NULL, 0), I(5), I(1));
}

static bool takes(const struct value *one)
{
    struct error err = {};
    bool taken = hears(TUP(T("ran"), TUP(one)), &err);
    CHECK(taken || (err.kind == ERROR_INPUT && err.text[0] != '\0'));
    return taken;
}

TEST(guest_takes_only_traces_that_can_be)
{
    CHECK(takes(result(0, 0, 0, STR("\0\0\1\0"))));
    CHECK(!takes(result(6, 0, 0, STR(""))));
    CHECK(!takes(result(-1, 0, 0, STR(""))));
    CHECK(!takes(result(0, 99, 0, STR(""))));
    CHECK(!takes(result(0, 0, 7, STR(""))));
    CHECK(!takes(result(0, 0, 0, STR("\1"))));
    CHECK(!takes(result(0, 0, 0, STR("\1\0\0\0")))); /* not ascending */
    CHECK(!takes(result(0, 0, 0, STR("\1\0\1\0")))); /* twice */
    CHECK(!takes(result(0, 0, 0, STR("\377\377")))); /* no such goal */
    CHECK(!takes(TUP(I(0))));
    CHECK(!takes(T("x")));
}

TEST(guest_gives_operands_that_are_plain)
{
    struct subject subject;
    struct guest guest;
    struct trace trace;
    struct error err = {};
    const struct value *special = value_special(memory(), "var", NULL, 0);
    const struct value *seen = TUP(TUP(I(0), value_bool(true), special, I(4)));
    const struct value *answer =
        TUP(T("ran"), TUP(TUP(I(0), I(0), value_none(), I(0), T("int"),
                              value_bytes(memory(), STR("")), seen, I(5), I(1))));
    auto_buf struct buf frame;
    buf_init(&frame, 1 << 20);
    buf_extend(&frame, 4);
    marshal_write(&frame, answer);
    frame.data[0] = (char)(frame.len - 4);
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, &err), err);
    guest = (struct guest){.channel = sample_liar(buf_str(&frame)), .subject = &subject};
    struct program program = call_pick(I(1));
    CHECK_OK(guest_run(&guest, 0, 9, STR(""), &program, 1, memory(), &trace, &err), err);
    CHECK_INT(trace.operands[0].a->kind, VALUE_NONE);
    CHECK_INT(trace.operands[0].b->integer, 4);
    close(guest.channel);
}

TEST(guest_takes_one_result_for_each_program)
{
    struct error err = {};
    CHECK(!hears(TUP(T("ran"), value_many(memory(), VALUE_TUPLE, NULL, 0)), &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    err = (struct error){};
    CHECK(!hears(TUP(T("judged"), TUP(result(0, 0, 0, STR("")))), &err));
    CHECK_CONTAINS(err.text, "ran");
}

TEST(guest_that_fails_says_why)
{
    struct error err = {};
    CHECK(!hears(TUP(T("failed"), T("missing"), T("numpy")), &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_TEXT(err.text, "missing: numpy");
    CHECK_TEXT(err.stage, GUEST_FAILED);
}

static void check_ends(struct str bytes, enum error_kind kind)
{
    struct subject subject;
    struct error err = {};
    auto_arena struct arena small;
    arena_init(&small, 1 << 20);
    struct guest guest = {.channel = sample_liar(bytes)};
    CHECK(!guest_open(&guest, &(struct guest_open_options){}, &small, &subject, &err));
    CHECK_INT(err.kind, kind);
    close(guest.channel);
}

TEST(guest_that_ends_or_lies_about_lengths_is_an_error)
{
    check_ends(STR("\10"), ERROR_INTERRUPTED);
    check_ends(STR("\10\0\0\0N"), ERROR_INTERRUPTED);
    check_ends(STR("\377\377\377\377"), ERROR_LIMIT);
    check_ends(STR("\0\0\0\3"), ERROR_LIMIT); /* more than the arena holds */
    check_ends(STR("\1\0\0\0?"), ERROR_INPUT);
    check_ends(STR("\1\0\0\0N"), ERROR_INPUT);
}

/* What comes of this as all that is said of one program and the mutants 3 and 5. */
static bool judges(const struct value *masks, struct judgement *ret)
{
    static const uint32_t asked[] = {3, 5};
    struct program program = call_pick(I(1));
    struct mutant_request request = {.program = &program, .mutants = asked, .count = 2};
    auto_buf struct buf frame;
    buf_init(&frame, 1 << 20);
    buf_extend(&frame, 4);
    marshal_write(&frame, TUP(T("judged"), TUP(TUP(I(2), masks))));
    frame.data[0] = (char)(frame.len - 4);
    struct guest guest = {.channel = sample_liar(buf_str(&frame))};
    struct error err = {};
    bool judged = guest_mutants(&guest, 9, &request, 1, memory(), ret, &err);
    close(guest.channel);
    return judged;
}

TEST(guest_judges_only_mutants_that_it_was_asked_for)
{
    struct judgement judgement;
    const struct value *mask = value_bytes(memory(), STR("\1"));
    CHECK(!judges(TUP(TUP(I(4), mask)), &judgement));
    CHECK(judges(TUP(TUP(I(3), mask)), &judgement));
    CHECK_INT(judgement.masks[0].mutant, 3);
}

TEST(guest_judges_those_to_differ_whose_masks_say_so)
{
    struct judgement judgement;
    const struct value *none = value_bytes(memory(), STR("")),
                       *zero = value_bytes(memory(), str_of("\0", 1)),
                       *some = value_bytes(memory(), STR("\2"));
    CHECK(judges(TUP(TUP(I(3), none), TUP(I(5), some)), &judgement));
    CHECK_INT(judgement.count, 1);
    CHECK_INT(judgement.masks[0].mutant, 5);
    CHECK(judges(TUP(TUP(I(3), none), TUP(I(5), zero)), &judgement));
    CHECK_INT(judgement.count, 0);
}

/* What comes of this as all that is held against one program. */
static bool suspects(const struct value *list, struct doubts *ret)
{
    const struct value *answer = TUP(T("suspected"), TUP(list));
    struct subject subject;
    struct error err = {};
    auto_buf struct buf frame;
    buf_init(&frame, 1 << 20);
    buf_extend(&frame, 4);
    marshal_write(&frame, answer);
    uint32_t length = (uint32_t)frame.len - 4;
    memcpy(frame.data, &length, 4);
    CHECK_OK(subject_read(memory(), sample_description(memory()), &subject, &err), err);
    struct guest guest = {.channel = sample_liar(buf_str(&frame)), .subject = &subject};
    struct program program = call_pick(I(1));
    bool heard = guest_suspect(&guest, 9, &program, 1, memory(), ret, &err);
    CHECK(heard || err.kind == ERROR_INPUT);
    close(guest.channel);
    return heard;
}

TEST(guest_holds_something_against_a_program_by_one_of_its_own_or_by_none)
{
    struct doubts doubts;
    auto_buf struct buf bytes;
    buf_init(&bytes, 4096);
    struct program program = call_pick(I(7));
    program_write(&bytes, &program);
    const struct value *own = value_bytes(memory(), buf_str(&bytes));
    const struct value *none = value_bytes(memory(), STR(""));
    CHECK(suspects(TUP(TUP(T("crash"), T("it"), none), TUP(T("hash"), T("that"), own)), &doubts));
    CHECK_INT(doubts.count, 2);
    CHECK(str_is(doubts.doubts[1].text, "that"));
    CHECK_INT(doubts.doubts[0].program.count, 0);
    CHECK_INT(doubts.doubts[1].program.count, 1);
    CHECK(!suspects(TUP(TUP(T("crash"), T("it"), value_bytes(memory(), STR("?")))), &doubts));
    CHECK(!suspects(TUP(TUP(T(""), T("it"), none)), &doubts));
    CHECK(!suspects(TUP(TUP(T("crash"), I(3), none)), &doubts));
    CHECK(!suspects(TUP(TUP(T("crash"), T("it"))), &doubts));
    CHECK(!suspects(I(0), &doubts));
}
