#include "testgen/marshal.h"

#include "base/mem.h"
#include "tests/test.h"

static struct arena arena;
static struct error err;

static const struct value *read_bytes(struct str bytes)
{
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    err = (struct error){};
    return marshal_read(&arena, bytes, &err);
}

static const struct value *good(struct str bytes)
{
    const struct value *value = read_bytes(bytes);
    CHECK_OK(value != NULL, err);
    return value;
}

static void check_refused(struct str bytes, enum error_kind kind, const char *part)
{
    CHECK(read_bytes(bytes) == NULL);
    CHECK_INT(err.kind, kind);
    CHECK_CONTAINS(err.text, part);
}

/* What Python 3.11's marshal.dumps(…, 2) writes. */
static const struct str pythons[] = {
    STR("N"),
    STR("T"),
    STR("F"),
    STR("i\x00\x00\x00\x00"),
    STR("i\xff\xff\xff\xff"),
    STR("i\xff\xff\xff\x7f"),
    STR("i\x00\x00\x00\x80"),
    STR("l\x03\x00\x00\x00\x00\x00\x00\x00\x02\x00"),
    STR("l\xfd\xff\xff\xff\x01\x00\x00\x00\x02\x00"),
    STR("l\x05\x00\x00\x00\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x07\x00"),
    STR("l\xfb\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"),
    STR("l\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"),
    STR("l\xfb\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x08\x00"),
    STR("l\x07\x00\x00\x00\x00\x00\x00\x00\xa9\x37\xa7\x33\x04\x4d\x93\x65\x27\x03"),
    STR("g\x00\x00\x00\x00\x00\x00\xf8\x3f"),
    STR("u\x03\x00\x00\x00h\xc3\xa9"),
    STR("s\x02\x00\x00\x00\x00\xff"),
    STR("(\x02\x00\x00\x00i\x01\x00\x00\x00i\x02\x00\x00\x00"),
    STR("[\x02\x00\x00\x00i\x01\x00\x00\x00[\x00\x00\x00\x00"),
    STR("<\x01\x00\x00\x00N"),
    STR(">\x01\x00\x00\x00i\x03\x00\x00\x00"),
    STR("{u\x01\x00\x00\x00"
        "ai\x01\x00\x00\x00"
        "0"),
    STR("(\x03\x00\x00\x00.u\x03\x00\x00\x00vari\x02\x00\x00\x00"),
};

TEST(marshal_reads_and_writes_the_bytes_that_python_writes)
{
    for (size_t i = 0; i < COUNT_OF(pythons); i++) {
        auto_buf struct buf out;
        buf_init(&out, 1000);
        marshal_write(&out, good(pythons[i]));
        CHECK(str_equal(buf_str(&out), pythons[i]));
    }
}

TEST(marshal_reads_integers_of_every_size)
{
    CHECK_INT(good(pythons[6])->integer, INT32_MIN);
    CHECK_INT(good(pythons[7])->integer, 2147483648);
    CHECK_INT(good(pythons[9])->integer, INT64_MAX);
    CHECK_INT(good(pythons[10])->integer, INT64_MIN);
    CHECK_INT(good(pythons[10])->kind, VALUE_INT);
    CHECK_INT(good(pythons[11])->kind, VALUE_BIG);
    CHECK_TEXT(good(pythons[11])->text.ptr, "9223372036854775808");
    CHECK_TEXT(good(pythons[12])->text.ptr, "-9223372036854775809");
    CHECK_TEXT(good(pythons[13])->text.ptr, "1000000000000000000000000000000");
}

TEST(marshal_makes_a_special_of_a_tuple_with_an_ellipsis)
{
    const struct value *value = good(STR("[\x01\x00\x00\x00(\x03\x00\x00\x00.u\x03\x00\x00\x00"
                                         "vari\x02\x00\x00\x00"));
    CHECK(value_is_special(value->items[0], "var"));
    CHECK_INT(value->items[0]->count, 1);
    CHECK_INT(value->items[0]->items[0]->integer, 2);
    check_refused(STR("(\x01\x00\x00\x00."), ERROR_INPUT, "without a word");
    check_refused(STR("(\x02\x00\x00\x00.i\x01\x00\x00\x00"), ERROR_INPUT, "without a word");
    check_refused(STR("."), ERROR_INPUT, "type");
}

TEST(marshal_knows_an_integer_of_thousands_of_digits_by_its_type_alone)
{
    char bytes[5 + 2 * 601] = {'l', 601 & 0xff, 601 >> 8};
    bytes[sizeof bytes - 2] = 1;
    const struct value *value = good(str_of(bytes, sizeof bytes));
    CHECK(value_is_special(value, "opaque"));
    CHECK_TEXT(value->items[0]->text.ptr, "int");
}

TEST(marshal_takes_the_largest_integer_that_it_writes_out)
{
    char bytes[5 + 2 * 600] = {'l', 600 & 0xff, 600 >> 8};
    memset(bytes + 5, 0x7f, sizeof bytes - 5);
    auto_buf struct buf out;
    buf_init(&out, sizeof bytes);
    marshal_write(&out, good(str_of(bytes, sizeof bytes)));
    CHECK(str_equal(buf_str(&out), str_of(bytes, sizeof bytes)));
}

TEST(marshal_turns_lone_surrogates_into_replacement_characters)
{
    CHECK_TEXT(good(STR("u\x05\x00\x00\x00"
                        "a\xed\xa0\x80"
                        "b"))
                   ->text.ptr,
               "a\xef\xbf\xbd"
               "b");
    check_refused(STR("u\x01\x00\x00\x00\xff"), ERROR_INPUT, "UTF-8");
    check_refused(STR("u\x02\x00\x00\x00\xed\xa0"), ERROR_INPUT, "UTF-8");
}

TEST(marshal_refuses_what_is_cut_off_left_over_or_unknown)
{
    check_refused(STR(""), ERROR_INPUT, "too early");
    check_refused(STR("i\x00\x00"), ERROR_INPUT, "too early");
    check_refused(STR("(\x01\x00\x00\x00"), ERROR_INPUT, "larger than what follows");
    check_refused(STR("u\xff\xff\xff\xff"), ERROR_INPUT, "larger than what follows");
    check_refused(STR("{N"), ERROR_INPUT, "too early");
    check_refused(STR("{N0"), ERROR_INPUT, "type");
    check_refused(STR("NN"), ERROR_INPUT, "left over");
    check_refused(STR("z"), ERROR_INPUT, "type");
    check_refused(STR("l\x01\x00\x00\x00\x00\x80"), ERROR_INPUT, "15 bits");
    check_refused(STR("l\x01\x00\x00\x00\x00\x00"), ERROR_INPUT, "leading zero");
}

static void nest(struct buf *out, int depth)
{
    for (int i = 1; i < depth; i++)
        buf_add(out, "[\x01\x00\x00\x00", 5);
    buf_add_byte(out, 'N');
}

TEST(marshal_bounds_depth)
{
    auto_buf struct buf deep;
    buf_init(&deep, 1000);
    nest(&deep, VALUE_DEPTH_MAX);
    CHECK_OK(read_bytes(buf_str(&deep)) != NULL, err);
    buf_clear(&deep);
    nest(&deep, VALUE_DEPTH_MAX + 1);
    check_refused(buf_str(&deep), ERROR_LIMIT, "deeper");
}

TEST(marshal_bounds_memory)
{
    auto_arena struct arena small;
    auto_buf struct buf many;
    arena_init(&small, 1000);
    buf_init(&many, 1000);
    buf_add(&many, "[\xc8\x00\x00\x00", 5);
    memset(buf_extend(&many, 200), 'N', 200);
    CHECK(marshal_read(&small, buf_str(&many), &err) == NULL);
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK(small.used <= 1000);
}
