#include "testgen/emit_python.h"

#include "base/mem.h"
#include "testgen/group.h"
#include "testgen/layout.h"
#include "tests/test.h"

/* A subject by hand: clamp(value, low, high), Wallet(balance) with spend(amount), countdown(n). */
enum { CLAMP, WALLET, SPEND, COUNTDOWN, FETCH, SORT, TICKS, EQUAL, NODE, FURTHEST };

static const struct parameter clamp_parameters[] = {
    {.name = STR("value")}, {.name = STR("low")}, {.name = STR("high")}};
static const struct parameter balance[] = {{.name = STR("balance")}};
static const struct parameter amount[] = {{.name = STR("amount")}};
static const struct parameter items[] = {{.name = STR("items")}};

static const struct type node = {.kind = TYPE_CLASS, .index = 1};

static const struct callable callables[] = {
    [CLAMP] = {.name = STR("clamp"),
               .qual = STR("clamp"),
               .owner = -1,
               .parameters = clamp_parameters,
               .parameter_count = 3,
               .test = true},
    [WALLET] = {.name = STR("Wallet"),
                .qual = STR("Wallet"),
                .kind = CALLABLE_CONSTRUCTOR,
                .parameters = balance,
                .parameter_count = 1,
                .test = true},
    [SPEND] = {.name = STR("spend"),
               .qual = STR("Wallet.spend"),
               .kind = CALLABLE_METHOD,
               .parameters = amount,
               .parameter_count = 1,
               .test = true},
    [COUNTDOWN] = {.name = STR("countdown"),
                   .qual = STR("countdown"),
                   .owner = -1,
                   .generator = true,
                   .parameters = amount,
                   .parameter_count = 1,
                   .test = true},
    [FETCH] = {.name = STR("fetch"),
               .qual = STR("fetch"),
               .owner = -1,
               .async = true,
               .parameters = amount,
               .parameter_count = 1,
               .test = true},
    [SORT] = {.name = STR("sort"),
              .qual = STR("sort"),
              .owner = -1,
              .parameters = items,
              .parameter_count = 1,
              .test = true},
    [EQUAL] = {.name = STR("__eq__"),
               .qual = STR("Wallet.__eq__"),
               .kind = CALLABLE_METHOD,
               .parameters = amount,
               .parameter_count = 1,
               .test = true},
    [NODE] = {.name = STR("Node"),
              .qual = STR("Node"),
              .kind = CALLABLE_LIBRARY,
              .owner = -1,
              .text = STR("Node"),
              .define =
                  STR("class Node:\n    def __init__(self, next):\n        self.next = next\n"),
              .parameters = items,
              .parameter_count = 1,
              .returns = &node},
    [FURTHEST] = {.name = STR("furthest"),
                  .qual = STR("furthest"),
                  .owner = -1,
                  .parameters = items,
                  .parameter_count = 1,
                  .test = true},
    [TICKS] = {.name = STR("ticks"),
               .qual = STR("ticks"),
               .owner = -1,
               .async = true,
               .generator = true,
               .parameters = amount,
               .parameter_count = 1,
               .test = true},
};
static const struct class classes[] = {
    {.qual = STR("Wallet"), .text = STR("Wallet"), .import = STR("wallet")},
    {.qual = STR("Node"), .text = STR("Node")}};
static const struct subject subject = {.module = STR("wallet"),
                                       .callables = callables,
                                       .callable_count = COUNT_OF(callables),
                                       .classes = classes,
                                       .class_count = COUNT_OF(classes)};

static struct arena *arena(void)
{
    static struct arena kept;
    if (kept.max == 0)
        arena_init(&kept, 16 << 20);
    return &kept;
}

static const struct value *number(int64_t integer)
{
    return value_int(arena(), integer);
}

static const struct value *text(const char *content)
{
    return value_text(arena(), str_from(content));
}

static const struct value *list_of(const int64_t *numbers, size_t count)
{
    const struct value *all[16];
    for (size_t i = 0; i < count; i++)
        all[i] = number(numbers[i]);
    return value_many(arena(), VALUE_LIST, all, count);
}

static struct statement call(uint32_t callable, const struct value *const *values, uint32_t count)
{
    struct argument *arguments = arena_alloc(arena(), (count + 1) * sizeof *arguments);
    for (uint32_t i = 0; i < count; i++)
        arguments[i].value = values[i];
    return (struct statement){.kind = STATEMENT_CALL,
                              .callable = callable,
                              .arguments = arguments,
                              .argument_count = count};
}

static struct program program_of(const struct statement *statements, uint32_t count)
{
    struct statement *copies = arena_alloc(arena(), count * sizeof *copies);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = statements[i];
    return (struct program){copies, count};
}

static const struct value *raised(const char *name, const char *import, const char *message)
{
    const struct value *parts[] = {text(name), text(import), text(message), number(ORIGIN_RAISE)};
    return value_many(arena(), VALUE_TUPLE, parts, 4);
}

static struct check *check(struct check one)
{
    struct check *kept = arena_alloc(arena(), sizeof *kept);
    *kept = one;
    return kept;
}

static const char *written(const struct trial *const *tests, uint32_t count)
{
    static struct buf out;
    struct grouping grouping;
    group_tests(arena(), &subject, tests, count, &grouping);
    struct suite_block *blocks = arena_alloc(arena(), grouping.count * sizeof *blocks);
    for (uint32_t i = 0; i < grouping.count; i++) {
        const char *why = "";
        bool ok = emit_python(arena(), &subject, &grouping.groups[i], &blocks[i], &why);
        CHECK_TEXT(ok ? "" : why, "");
    }
    buf_done(&out);
    buf_init(&out, 1 << 16);
    layout_write(&out, &(struct layout){.module = STR("wallet"),
                                        .root = STR("wallet"),
                                        .blocks = blocks,
                                        .block_count = grouping.count});
    const char *begin = strstr(buf_str(&out).ptr, "\n\n");
    return begin != NULL ? begin + 2 : "";
}

static struct trial clamp_test(int64_t value, int64_t expected, const char *condition)
{
    const struct value *values[] = {number(value), number(0), number(9)};
    struct statement statement = call(CLAMP, values, 3);
    return (struct trial){
        .target = CLAMP,
        .program = program_of(&statement, 1),
        .checks = check((struct check){COMPONENT_VALUE, CHECK_EQUAL, 0, STR(""), number(expected)}),
        .check_count = 1,
        .condition = str_from(condition)};
}

TEST(emit_python_asserts_the_result_in_the_line_of_the_call)
{
    struct trial test = clamp_test(12, 9, "value above high");
    const struct trial *tests[] = {&test};
    CHECK_TEXT(written(tests, 1), "from wallet import clamp\n\n\n"
                                  "def test_clamp_value_above_high():\n"
                                  "    assert clamp(12, 0, 9) == 9\n");
}

TEST(emit_python_makes_one_parametrised_test_of_three_of_the_same_shape)
{
    struct trial low = clamp_test(-1, 0, "value below low"), in = clamp_test(5, 5, ""),
                 high = clamp_test(12, 9, "value above high");
    const struct trial *tests[] = {&low, &in, &high};
    CHECK_TEXT(written(tests, 3), "import pytest\n\nfrom wallet import clamp\n\n\n"
                                  "@pytest.mark.parametrize(\n"
                                  "    (\"value\", \"expected\"),\n"
                                  "    [\n"
                                  "        pytest.param(-1, 0, id=\"value below low\"),\n"
                                  "        pytest.param(5, 5, id=\"value 5\"),\n"
                                  "        pytest.param(12, 9, id=\"value above high\"),\n"
                                  "    ],\n"
                                  ")\n"
                                  "def test_clamp(value, expected):\n"
                                  "    assert clamp(value, 0, 9) == expected\n");
}

TEST(emit_python_arranges_acts_and_asserts_on_objects)
{
    const struct value *ten = number(10);
    const struct value *spend[] = {value_var(arena(), 0), number(3)};
    struct statement statements[] = {call(WALLET, &ten, 1), call(SPEND, spend, 2)};
    struct check checks[] = {
        {COMPONENT_VALUE, CHECK_EQUAL, 1, STR(""), number(7)},
        {COMPONENT_ATTRIBUTE, CHECK_EQUAL, 0, STR("balance"), number(7)},
    };
    struct trial test = {
        .target = SPEND, .program = program_of(statements, 2), .checks = checks, .check_count = 2};
    const struct trial *tests[] = {&test};
    CHECK_TEXT(written(tests, 1), "from wallet import Wallet\n\n\n"
                                  "def test_wallet_spend():\n"
                                  "    wallet = Wallet(10)\n"
                                  "\n"
                                  "    assert wallet.spend(3) == 7\n"
                                  "    assert wallet.balance == 7\n");
}

TEST(emit_python_expects_exceptions_with_their_whole_message)
{
    const struct value *ten = number(10);
    const struct value *spend[] = {value_var(arena(), 0), number(30)};
    struct statement statements[] = {call(WALLET, &ten, 1), call(SPEND, spend, 2)};
    struct trial test = {
        .target = SPEND,
        .program = program_of(statements, 2),
        .check_count = 1,
        .checks = check((struct check){COMPONENT_RAISES, CHECK_RAISED, 1, STR(""),
                                       raised("wallet.TooLittle", "wallet", "only 10 (of 30)")}),
        .condition = STR("amount above balance")};
    const struct trial *tests[] = {&test};
    CHECK_TEXT(written(tests, 1),
               "import pytest\n\nfrom wallet import TooLittle, Wallet\n\n\n"
               "def test_wallet_spend_amount_above_balance_raises_too_little():\n"
               "    wallet = Wallet(10)\n"
               "\n"
               "    with pytest.raises(TooLittle, match=r\"^only 10 \\(of 30\\)$\"):\n"
               "        wallet.spend(30)\n");
}

TEST(emit_python_defines_what_a_test_stands_on_once_and_tells_objects_by_their_variables)
{
    const struct value *none = value_none(), *first = value_var(arena(), 0),
                       *second = value_var(arena(), 1);
    struct statement statements[] = {call(NODE, &none, 1), call(NODE, &first, 1),
                                     call(FURTHEST, &second, 1)};
    struct trial test = {.target = FURTHEST,
                         .program = program_of(statements, 3),
                         .checks =
                             check((struct check){COMPONENT_VALUE, CHECK_SAME, 2, STR(""), first}),
                         .check_count = 1};
    const struct trial *tests[] = {&test, &test};
    const char *found = written(tests, 2);
    CHECK_CONTAINS(found, "from wallet import furthest\n\n\n"
                          "class Node:\n"
                          "    def __init__(self, next):\n"
                          "        self.next = next\n"
                          "\n\n"
                          "def test_furthest():\n"
                          "    node = Node(None)\n"
                          "    items = Node(node)\n"
                          "\n"
                          "    assert furthest(items) is node\n");
    CHECK(strstr(strstr(found, "class Node") + 1, "class Node") == NULL);
}

TEST(emit_python_drains_generators_where_they_are_made)
{
    const struct value *three = number(3);
    struct statement statements[] = {call(COUNTDOWN, &three, 1),
                                     {.kind = STATEMENT_DRAIN, .var = 0, .limit = 20}};
    struct trial test = {.target = COUNTDOWN,
                         .program = program_of(statements, 2),
                         .check_count = 1,
                         .checks = check((struct check){COMPONENT_VALUE, CHECK_EQUAL, 1, STR(""),
                                                        list_of((int64_t[]){3, 2, 1}, 3)})};
    const struct trial *tests[] = {&test};
    CHECK_CONTAINS(written(tests, 1), "    assert list(countdown(3)) == [3, 2, 1]\n");
    statements[1].limit = 3;
    test.program = program_of(statements, 2);
    const char *out = written(tests, 1);
    CHECK_CONTAINS(out, "from itertools import islice\n");
    CHECK_CONTAINS(out, "    assert list(islice(countdown(3), 3)) == [3, 2, 1]\n");
}

TEST(emit_python_drains_asynchronous_generators_in_a_coroutine)
{
    const struct value *three = number(3);
    struct statement statements[] = {call(TICKS, &three, 1),
                                     {.kind = STATEMENT_DRAIN, .var = 0, .limit = 20}};
    struct trial test = {.target = TICKS,
                         .program = program_of(statements, 2),
                         .check_count = 1,
                         .checks = check((struct check){COMPONENT_VALUE, CHECK_EQUAL, 1, STR(""),
                                                        list_of((int64_t[]){0, 1, 2}, 3)})};
    const struct trial *tests[] = {&test};
    CHECK_TEXT(written(tests, 1), "import asyncio\n\nfrom wallet import ticks\n\n\n"
                                  "def test_ticks():\n"
                                  "    async def collect():\n"
                                  "        return [item async for item in ticks(3)]\n"
                                  "\n"
                                  "    assert asyncio.run(collect()) == [0, 1, 2]\n");
    statements[1].limit = 3;
    test.program = program_of(statements, 2);
    CHECK_CONTAINS(written(tests, 1), "        collected = []\n"
                                      "        async for item in ticks(3):\n"
                                      "            collected.append(item)\n"
                                      "            if len(collected) == 3:\n"
                                      "                break\n"
                                      "        return collected\n");
}

TEST(emit_python_names_arguments_that_say_nothing_by_themselves)
{
    const struct value *values[] = {number(1), value_bool(true), number(9)};
    struct statement statement = call(CLAMP, values, 3);
    struct trial test = {
        .target = CLAMP,
        .program = program_of(&statement, 1),
        .checks = check((struct check){COMPONENT_VALUE, CHECK_EQUAL, 0, STR(""), number(1)}),
        .check_count = 1};
    const struct trial *tests[] = {&test};
    CHECK_CONTAINS(written(tests, 1), "    assert clamp(1, low=True, high=9) == 1\n");
}

TEST(emit_python_compares_with_none_as_no_linter_takes_for_a_slip)
{
    const struct value *ten = number(10);
    const struct value *with_none[] = {value_var(arena(), 0), value_none()};
    struct statement statements[] = {call(WALLET, &ten, 1), call(EQUAL, with_none, 2)};
    struct trial test = {.target = EQUAL,
                         .program = program_of(statements, 2),
                         .check_count = 1,
                         .checks = check((struct check){COMPONENT_VALUE, CHECK_SAME, 1, STR(""),
                                                        value_bool(false)})};
    const struct trial *tests[] = {&test};
    const char *out = written(tests, 1);
    CHECK_CONTAINS(out, "import operator\n");
    CHECK_CONTAINS(out, "    assert operator.eq(wallet, None) is False\n");
}

TEST(emit_python_cuts_long_texts_into_lines)
{
    const char *poem = "a line of some length, which ends in a word\n"
                       "another line of some length, which goes on and on until the end";
    const struct value *values[] = {text(poem), number(0), text("------------------------------")};
    struct statement statement = call(CLAMP, values, 3);
    struct trial test = {
        .target = CLAMP,
        .program = program_of(&statement, 1),
        .checks = check((struct check){COMPONENT_VALUE, CHECK_EQUAL, 0, STR(""), text(poem)}),
        .check_count = 1};
    const struct trial *tests[] = {&test};
    const char *out = written(tests, 1);
    CHECK_CONTAINS(out,
                   "        (\n"
                   "            \"a line of some length, which ends in a word\\n\"\n"
                   "            \"another line of some length, which goes on and on until the \"\n"
                   "            \"end\"\n"
                   "        ),\n"
                   "        0,\n"
                   "        \"-\" * 30,\n");
    CHECK_CONTAINS(out, "    assert result == (\n"
                        "        \"a line of some length, which ends in a word\\n\"\n");
}

TEST(emit_python_awaits_coroutines)
{
    const struct value *three = number(3);
    struct statement statement = call(FETCH, &three, 1);
    struct trial test = {
        .target = FETCH,
        .program = program_of(&statement, 1),
        .check_count = 1,
        .checks = check((struct check){COMPONENT_VALUE, CHECK_SAME, 0, STR(""), value_bool(true)})};
    const struct trial *tests[] = {&test};
    CHECK_TEXT(written(tests, 1), "import asyncio\n\nfrom wallet import fetch\n\n\n"
                                  "def test_fetch_is_true():\n"
                                  "    assert asyncio.run(fetch(3)) is True\n");
}

TEST(emit_python_looks_at_arguments_that_change_and_at_what_is_printed)
{
    const struct value *two = list_of((int64_t[]){2, 1}, 2);
    struct statement statement = call(SORT, &two, 1);
    struct check checks[] = {
        {COMPONENT_ARGUMENT, CHECK_EQUAL, 0, STR("0"), list_of((int64_t[]){1, 2}, 2)},
        {COMPONENT_STDOUT, CHECK_OUTPUT, 0, STR(""), text("done\n")},
    };
    struct trial test = {
        .target = SORT, .program = program_of(&statement, 1), .checks = checks, .check_count = 2};
    const struct trial *tests[] = {&test};
    CHECK_CONTAINS(written(tests, 1), "def test_sort(capsys):\n"
                                      "    items = [2, 1]\n"
                                      "\n"
                                      "    sort(items)\n"
                                      "\n"
                                      "    assert items == [1, 2]\n"
                                      "    assert capsys.readouterr().out == \"done\\n\"\n");
}
