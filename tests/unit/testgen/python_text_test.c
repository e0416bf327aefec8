#include "testgen/python_text.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

static struct buf out;

static void begin(void)
{
    buf_done(&out);
    buf_init(&out, 1 << 16);
}

static const char *text(void)
{
    return buf_str(&out).ptr;
}

static const char *quoted(struct str content)
{
    begin();
    python_quote(&out, content);
    return text();
}

static const char *number(double value)
{
    begin();
    python_float(&out, value);
    return text();
}

static const char *snake(const char *name)
{
    begin();
    python_snake(&out, str_from(name));
    return text();
}

TEST(python_quotes_as_ruff_would)
{
    CHECK_TEXT(quoted(STR("")), "\"\"");
    CHECK_TEXT(quoted(STR("it's")), "\"it's\"");
    CHECK_TEXT(quoted(STR("say \"x\"")), "'say \"x\"'");
    CHECK_TEXT(quoted(STR("'\"")), "\"'\\\"\"");
    CHECK_TEXT(quoted(STR("a\n\t\\\r\x01\x7f")), "\"a\\n\\t\\\\\\r\\x01\\x7f\"");
    CHECK_TEXT(quoted(STR("h\xc3\xa9 \xe2\x82\xac")), "\"h\xc3\xa9 \xe2\x82\xac\"");
    CHECK_TEXT(quoted(STR("\xe2\x80\xae\xc2\xa0\xf3\xa0\x80\x81")), "\"\\u202e\\xa0\\U000e0001\"");
    CHECK_TEXT(quoted(STR("\0")), "\"\\x00\"");
}

TEST(python_quotes_bytes_and_raw_text)
{
    begin();
    python_quote_bytes(&out, STR("a\x00\xff\n\""));
    CHECK_TEXT(text(), "b'a\\x00\\xff\\n\"'");
    begin();
    python_quote_raw(&out, STR("^a\\.b$"));
    CHECK_TEXT(text(), "r\"^a\\.b$\"");
    begin();
    python_quote_raw(&out, STR("^ab$"));
    CHECK_TEXT(text(), "\"^ab$\"");
    begin();
    python_quote_raw(&out, STR("^\"a\\.$"));
    CHECK_TEXT(text(), "'^\"a\\\\.$'");
}

TEST(python_writes_floats_as_repr_does)
{
    CHECK_TEXT(number(0), "0.0");
    CHECK_TEXT(number(-0.0), "-0.0");
    CHECK_TEXT(number(1), "1.0");
    CHECK_TEXT(number(-2.5), "-2.5");
    CHECK_TEXT(number(0.1), "0.1");
    CHECK_TEXT(number(1.0 / 3), "0.3333333333333333");
    CHECK_TEXT(number(0.0001), "0.0001");
    CHECK_TEXT(number(0.00001), "1e-05");
    CHECK_TEXT(number(123456789.0), "123456789.0");
    CHECK_TEXT(number(1e15), "1000000000000000.0");
    CHECK_TEXT(number(1e16), "1e+16");
    CHECK_TEXT(number(1.5e300), "1.5e+300");
    CHECK_TEXT(number(5e-324), "5e-324");
    CHECK_TEXT(number(100.25), "100.25");
}

TEST(python_knows_its_words)
{
    CHECK(python_is_reserved(STR("lambda")));
    CHECK(python_is_reserved(STR("list")));
    CHECK(!python_is_reserved(STR("wallet")));
    CHECK_TEXT(snake("HTTPServer"), "http_server");
    CHECK_TEXT(snake("Wallet"), "wallet");
    CHECK_TEXT(snake("LinkedListNode"), "linked_list_node");
    CHECK_TEXT(snake("Wallet.spendAll"), "wallet_spend_all");
    CHECK_TEXT(snake("__len__"), "len");
    CHECK_TEXT(snake("utf8_cut"), "utf8_cut");
}

static struct arena arena;

static const struct python_node *list_of(size_t count, const char *item)
{
    const struct python_node *items[40];
    if (arena.max == 0)
        arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < count; i++)
        items[i] = python_atom(&arena, str_from(item));
    return python_group(&arena, STR(""), "[", items, count, "]");
}

static const char *written(const struct python_node *node, size_t indent, size_t used)
{
    begin();
    python_write(&out, node, indent, used, 0);
    return text();
}

TEST(python_keeps_on_one_line_what_fits)
{
    CHECK_TEXT(written(list_of(3, "1"), 4, 4), "[1, 1, 1]");
    CHECK_TEXT(written(list_of(0, ""), 4, 100), "[]");
    auto_free char *elsewhere = mem_text("%s", written(list_of(28, "1"), 0, 0));
    CHECK_TEXT(written(list_of(28, "1"), 4, 4), elsewhere);
    CHECK(strchr(elsewhere, '\n') == NULL);
}

TEST(python_opens_a_bracket_and_keeps_its_items_together_where_they_fit)
{
    CHECK_TEXT(written(list_of(4, "abcdefghijklmnop"), 4, 30),
               "[\n        abcdefghijklmnop, abcdefghijklmnop, abcdefghijklmnop, "
               "abcdefghijklmnop\n    ]");
}

TEST(python_gives_each_item_a_line_and_a_comma_where_they_do_not)
{
    CHECK_TEXT(written(list_of(3, "abcdefghijklmnopabcdefghijklmnop"), 0, 0),
               "[\n    abcdefghijklmnopabcdefghijklmnop,\n"
               "    abcdefghijklmnopabcdefghijklmnop,\n"
               "    abcdefghijklmnopabcdefghijklmnop,\n]");
}

TEST(python_puts_text_around_groups_and_atoms)
{
    const struct python_node *node = list_of(1, "1");
    node = python_around(&arena, STR("key: "), node, STR(".x"));
    CHECK_TEXT(python_flat(&arena, node).ptr, "key: [1].x");
    CHECK_INT(python_width(node), 10);
    node = python_around(&arena, STR("not "), python_atom(&arena, STR("h\xc3\xa9")), STR("!"));
    CHECK_TEXT(python_flat(&arena, node).ptr, "not h\xc3\xa9!");
    CHECK_INT(python_width(node), 7);
}
