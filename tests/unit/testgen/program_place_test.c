#include "testgen/program.h"

#include "testgen/marshal.h"
#include "testgen/place.h"
#include "tests/test.h"

static struct arena arena;

static const struct value *number(int64_t integer)
{
    if (arena.max == 0)
        arena_init(&arena, 8 << 20);
    return value_int(&arena, integer);
}

static const struct value *text(const char *content)
{
    number(0);
    return value_text(&arena, str_from(content));
}

/* box = Box(5); box.put([1, "a"], key={"k": box}); list(box) */
static struct program sample(void)
{
    static struct argument first, second[3];
    static struct statement statements[3];
    const struct value *items[] = {number(1), text("a")};
    const struct value *entry[] = {text("k"), value_var(&arena, 0)};
    first = (struct argument){.value = number(5)};
    second[0] = (struct argument){.value = value_var(&arena, 0)};
    second[1] = (struct argument){.value = value_many(&arena, VALUE_LIST, items, 2)};
    second[2] =
        (struct argument){.name = STR("key"), .value = value_many(&arena, VALUE_DICT, entry, 2)};
    statements[0] = (struct statement){.callable = 1, .arguments = &first, .argument_count = 1};
    statements[1] = (struct statement){.callable = 2, .arguments = second, .argument_count = 3};
    statements[2] = (struct statement){.kind = STATEMENT_DRAIN, .var = 0, .limit = 3};
    return (struct program){.statements = statements, .count = 3};
}

TEST(program_is_the_same_after_writing_and_reading)
{
    struct program program = sample(), again;
    struct error err = {};
    auto_buf struct buf bytes;
    buf_init(&bytes, 1 << 20);
    program_write(&bytes, &program);
    CHECK_OK(program_read(&arena, buf_str(&bytes), 3, &again, &err), err);
    CHECK(program_equal(&program, &again));
    CHECK_INT(program_weight(&program), program_weight(&again));
    CHECK(!program_read(&arena, buf_str(&bytes), 2, &again, &err)); /* callable 2 is none */
}

static bool reads(const struct value *value)
{
    struct program program;
    struct error err = {};
    auto_buf struct buf bytes;
    buf_init(&bytes, 1 << 20);
    marshal_write(&bytes, value);
    return program_read(&arena, buf_str(&bytes), 3, &program, &err);
}

static const struct value *call(int64_t callable, const struct value *argument)
{
    const struct value *items[] = {number(0), number(callable),
                                   value_many(&arena, VALUE_TUPLE, &argument, 1),
                                   value_many(&arena, VALUE_DICT, NULL, 0), value_bool(true)};
    const struct value *statement = value_many(&arena, VALUE_TUPLE, items, 5);
    return value_many(&arena, VALUE_TUPLE, &statement, 1);
}

TEST(program_refers_only_to_what_is_there)
{
    const struct value *word = text("x");
    CHECK(reads(call(2, word)));
    CHECK(!reads(call(3, word)));
    CHECK(!reads(call(-1, word)));
    CHECK(!reads(call(0, value_var(&arena, 0)))); /* itself */
    CHECK(!reads(call(0, value_special(&arena, "name", &word, 1))));
    const struct value *nested = value_var(&arena, 7);
    CHECK(!reads(call(0, value_many(&arena, VALUE_LIST, &nested, 1))));
    CHECK(!reads(value_many(&arena, VALUE_TUPLE, NULL, 0)));
    CHECK(!reads(word));
}

TEST(program_loses_a_statement_only_if_nothing_needs_it)
{
    struct program program = sample(), shorter;
    CHECK(!program_without(&arena, &program, 0, &shorter));
    CHECK(program_without(&arena, &program, 1, &shorter));
    CHECK_INT(shorter.count, 2);
    CHECK_INT(shorter.statements[1].kind, STATEMENT_DRAIN);
    CHECK_INT(shorter.statements[1].var, 0);
    struct statement statements[] = {
        program.statements[0], program.statements[0], {.kind = STATEMENT_ENTER, .var = 1}};
    struct program two = {.statements = statements, .count = 3};
    CHECK(program_without(&arena, &two, 0, &shorter));
    CHECK_INT(shorter.statements[1].var, 0);
}

TEST(place_finds_each_value_once_and_puts_another_there)
{
    struct program program = sample();
    struct place places[20];
    size_t count = place_list(&program, places, 20);
    CHECK_INT(count, 8); /* 5; box, the list, 1, "a", the dict, its key, box */
    CHECK(places[1].var && places[7].var);
    CHECK(places[6].hashed && !places[2].nested && places[3].nested);
    for (size_t i = 0; i < count; i++) {
        struct program other = place_put(&arena, &program, i, text("new"));
        struct place now[20];
        place_list(&other, now, 20);
        CHECK(str_is(now[i].value->text, "new"));
        CHECK_INT(now[i].statement, places[i].statement);
        CHECK(!program_equal(&program, &other));
    }
}

TEST(place_keeps_sets_and_dicts_free_of_equal_members)
{
    const struct value *items[] = {number(1), text("a"), number(2), text("b")};
    const struct value *dict = value_many(&arena, VALUE_DICT, items, 4);
    const struct value *put = place_item_put(&arena, dict, 2, value_float(&arena, 1));
    CHECK_INT(put->count, 2);
    CHECK(str_is(put->items[1]->text, "b"));
    CHECK(!place_can_hash(dict) && place_can_hash(items[0]));
    CHECK(!place_can_hash(value_many(&arena, VALUE_TUPLE, &dict, 1)));
}

TEST(place_copies_programs_into_another_arena)
{
    struct program program = sample();
    auto_arena struct arena other;
    arena_init(&other, 1 << 20);
    struct program copy = place_copy(&other, &program);
    CHECK(program_equal(&program, &copy));
    CHECK(copy.statements[1].arguments[1].value != program.statements[1].arguments[1].value);
}
