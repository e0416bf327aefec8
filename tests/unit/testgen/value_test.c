#include "testgen/value.h"

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

static const struct value *list(const struct value *a, const struct value *b)
{
    const struct value *items[] = {a, b};
    return value_many(&arena, VALUE_LIST, items, 2);
}

TEST(value_equality_looks_at_kind_and_content)
{
    CHECK(value_equal(number(3), number(3)));
    CHECK(!value_equal(number(3), number(4)));
    CHECK(!value_equal(number(1), value_bool(true)));
    CHECK(!value_equal(number(1), value_float(&arena, 1)));
    CHECK(!value_equal(number(0), value_none()));
    CHECK(!value_equal(text("a"), value_bytes(&arena, STR("a"))));
    CHECK(value_equal(list(number(1), text("x")), list(number(1), text("x"))));
    CHECK(!value_equal(list(number(1), text("x")), list(number(1), text("y"))));
    CHECK(!value_equal(value_var(&arena, 1), value_var(&arena, 2)));
}

TEST(value_equality_of_floats_is_by_bits)
{
    number(0);
    CHECK(value_equal(value_float(&arena, NAN), value_float(&arena, NAN)));
    CHECK(!value_equal(value_float(&arena, 0.0), value_float(&arena, -0.0)));
}

TEST(value_hash_is_the_same_for_equal_values_and_differs_otherwise)
{
    CHECK(value_hash(list(number(1), text("x"))) == value_hash(list(number(1), text("x"))));
    CHECK(value_hash(list(number(1), text("x"))) != value_hash(list(text("x"), number(1))));
    CHECK(value_hash(text("ab")) != value_hash(text("ba")));
    CHECK(value_hash(value_none()) != value_hash(value_bool(false)));
}

TEST(value_keeps_its_own_copy_of_items_and_text)
{
    char bytes[] = "abc";
    const struct value *items[] = {text(bytes), number(2)};
    const struct value *tuple = value_many(&arena, VALUE_TUPLE, items, 2);
    bytes[0] = 'x';
    items[1] = value_none();
    CHECK(str_is(tuple->items[0]->text, "abc"));
    CHECK_INT(tuple->items[1]->integer, 2);
}

TEST(value_finds_specials_at_any_depth)
{
    const struct value *plain = list(number(1), list(text(""), value_none()));
    const struct value *deep = list(number(1), list(value_var(&arena, 0), value_none()));
    CHECK(!value_is_deep(plain));
    CHECK(value_is_deep(deep));
    CHECK(value_is_special(value_var(&arena, 0), "var"));
    CHECK(!value_is_special(value_var(&arena, 0), "make"));
    CHECK(!value_is_special(text("var"), "var"));
}

TEST(value_weight_is_nothing_for_the_simplest_and_grows_with_size_and_depth)
{
    CHECK_INT(value_weight(value_none()), 0);
    CHECK_INT(value_weight(value_bool(true)), 0);
    CHECK_INT(value_weight(number(0)), 0);
    CHECK_INT(value_weight(number(1)), 0);
    CHECK_INT(value_weight(text("")), 0);
    CHECK(value_weight(number(-1)) > value_weight(number(1)));
    CHECK(value_weight(number(7)) > value_weight(number(1)));
    CHECK(value_weight(number(INT64_MAX)) > value_weight(number(1000)));
    CHECK(value_weight(text("abcd")) > value_weight(text("a")));
    CHECK(value_weight(text("\n")) > value_weight(text("a")));
    CHECK(value_weight(list(number(0), number(0))) > 0);
    CHECK(value_weight(list(list(number(0), number(0)), number(0))) >
          value_weight(list(number(0), number(0))));
    CHECK(value_weight(value_float(&arena, 0.25)) > value_weight(value_float(&arena, 1)));
}

TEST(value_get_finds_by_key_and_is_silent_about_what_is_no_dict)
{
    const struct value *items[] = {number(1), text("one"), text("two"), number(2)};
    const struct value *dict = value_many(&arena, VALUE_DICT, items, 4);
    CHECK_INT(value_get(dict, "two")->integer, 2);
    CHECK(value_get(dict, "one") == NULL);
    CHECK(value_get(NULL, "two") == NULL);
    CHECK(value_get(items[0], "two") == NULL);
}
