#include "testgen/distance.h"

#include <math.h>

#include "tests/test.h"

static struct arena arena;

static const struct value *number(int64_t integer)
{
    if (arena.max == 0)
        arena_init(&arena, 1 << 20);
    return value_int(&arena, integer);
}

static const struct value *text(const char *content)
{
    number(0);
    return value_text(&arena, str_from(content));
}

TEST(distance_is_nothing_when_the_compare_comes_out_as_wanted)
{
    CHECK(distance_to(COMPARE_EQ, number(3), number(3), true) == 0);
    CHECK(distance_to(COMPARE_EQ, number(3), number(4), false) == 0);
    CHECK(distance_to(COMPARE_LT, number(3), number(4), true) == 0);
    CHECK(distance_to(COMPARE_LT, number(4), number(4), false) == 0);
    CHECK(distance_to(COMPARE_LE, number(4), number(4), true) == 0);
    CHECK(distance_to(COMPARE_GT, number(5), number(4), true) == 0);
    CHECK(distance_to(COMPARE_GE, number(4), number(4), true) == 0);
    CHECK(distance_to(COMPARE_STARTSWITH, text("abc"), text("ab"), true) == 0);
    CHECK(distance_to(COMPARE_ENDSWITH, text("abc"), text("bc"), true) == 0);
    CHECK(distance_to(COMPARE_TRUTH, text(""), value_none(), false) == 0);
}

/* From each line to the next it must become smaller. */
static void check_falls(enum compare_operator operator, const struct value * const * as,
                        size_t count, const struct value *b, bool wanted)
{
    double before = 1;
    for (size_t i = 0; i < count; i++) {
        double now = distance_to(operator, as[i], b, wanted);
        CHECK(now < before || (i == 0 && now <= 1));
        CHECK(now > 0);
        before = now;
    }
}

TEST(distance_falls_on_the_way)
{
    const struct value *up[] = {number(1), number(50), number(99), number(100)};
    check_falls(COMPARE_EQ, up, 4, number(101), true);
    check_falls(COMPARE_GT, up, 4, number(100), true);
    const struct value *down[] = {number(90), number(20), number(10)};
    check_falls(COMPARE_LT, down, 3, number(10), true);
    const struct value *words[] = {text("zzz"), text("azz"), text("abz")};
    check_falls(COMPARE_EQ, words, 3, text("abc"), true);
    const struct value *lengths[] = {text("a"), text("ab"), text("abc")};
    check_falls(COMPARE_EQ, lengths, 3, text("abcd"), true);
    const struct value *members[] = {number(30), number(13)};
    const struct value *both[] = {number(10), number(100)};
    check_falls(COMPARE_IN, members, 2, value_many(&arena, VALUE_LIST, both, 2), true);
}

TEST(distance_of_what_cannot_be_compared_is_one)
{
    CHECK(distance_to(COMPARE_EQ, number(3), text("3"), true) == 1);
    CHECK(distance_to(COMPARE_LT, number(3), text("3"), true) == 1);
    CHECK(distance_to(COMPARE_ISINSTANCE, number(3), text("str"), true) == 1);
    CHECK(distance_to(COMPARE_EQ, value_float(&arena, NAN), number(3), true) == 1);
    CHECK(distance_to(COMPARE_EQ, number(INT64_MIN), number(INT64_MAX), true) <= 1);
}
