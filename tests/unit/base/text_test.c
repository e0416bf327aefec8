#include "base/text.h"

#include <math.h>

#include "base/mem.h"
#include "tests/test.h"

typedef bool reader(struct str text, int64_t *ret_value);

/* -1 stands for refused; then the result must be untouched. */
static int64_t read_with(reader *read, const char *text)
{
    int64_t value = -77;
    if (read(str_from(text), &value))
        return value;
    CHECK_INT(value, -77);
    return -1;
}

/* No reader knows these. */
static const char *const never[] = {
    "",     " ",
    "-1",   "+1",
    "1e3",  "0x10",
    " 5",   "5 ",
    "5 s",  "99999999999999999999",
    ".",    ".5",
    "5.",   "1.M",
    "1..5", "1.5.",
    "1,5",  "1_000",
    "K",    "s",
    "nan",  "inf",
    "١",    "5\n",
    "-0",   "1K5",
    "5ss",  "0.1234567890123456789",
    "1.",   "9223372036854775808",
    "\xff", "1\xff",
};

TEST(text_readers_refuse_what_is_no_plain_number)
{
    reader *const readers[] = {text_read_bytes, text_read_ms, text_read_count, text_read_milli};
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        for (size_t k = 0; k < COUNT_OF(never); k++)
            CHECK_INT(read_with(readers[i], never[k]), -1);
        int64_t value;
        CHECK(!readers[i](STR("1\0"), &value));
        CHECK(!readers[i]((struct str){}, &value));
    }
}

TEST(text_read_bytes_knows_powers_of_1024)
{
    CHECK_INT(read_with(text_read_bytes, "0"), 0);
    CHECK_INT(read_with(text_read_bytes, "4096"), 4096);
    CHECK_INT(read_with(text_read_bytes, "007"), 7);
    CHECK_INT(read_with(text_read_bytes, "1K"), 1024);
    CHECK_INT(read_with(text_read_bytes, "64KiB"), 65536);
    CHECK_INT(read_with(text_read_bytes, "256M"), 268435456);
    CHECK_INT(read_with(text_read_bytes, "3MiB"), 3145728);
    CHECK_INT(read_with(text_read_bytes, "1G"), 1073741824);
    CHECK_INT(read_with(text_read_bytes, "2GiB"), 2147483648);
    CHECK_INT(read_with(text_read_bytes, "1T"), INT64_C(1) << 40);
    CHECK_INT(read_with(text_read_bytes, "1TiB"), INT64_C(1) << 40);
    static const char *const bad[] = {"1k", "1B", "1KB", "1Ki", "1Mb", "1GIB", "1P", "5s"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(read_with(text_read_bytes, bad[i]), -1);
}

TEST(text_read_bytes_cuts_fractions_off_but_never_to_zero)
{
    CHECK_INT(read_with(text_read_bytes, "1.5G"), 1610612736);
    CHECK_INT(read_with(text_read_bytes, "1.3K"), 1331);
    CHECK_INT(read_with(text_read_bytes, "0.5K"), 512);
    CHECK_INT(read_with(text_read_bytes, "0.001K"), 1);
    CHECK_INT(read_with(text_read_bytes, "0.0009K"), -1);
    CHECK_INT(read_with(text_read_bytes, "0.0K"), 0);
    CHECK_INT(read_with(text_read_bytes, "0.999999999999999999T"), (INT64_C(1) << 40) - 1);
    CHECK_INT(read_with(text_read_bytes, "1.5"), -1);
    CHECK_INT(read_with(text_read_bytes, "1.0"), -1);
}

TEST(text_read_bytes_overflows_exactly_past_int64)
{
    CHECK_INT(read_with(text_read_bytes, "9223372036854775807"), INT64_MAX);
    CHECK_INT(read_with(text_read_bytes, "9223372036854775808"), -1);
    CHECK_INT(read_with(text_read_bytes, "9007199254740991K"), INT64_MAX - 1023);
    CHECK_INT(read_with(text_read_bytes, "9007199254740992K"), -1);
    CHECK_INT(read_with(text_read_bytes, "8388607T"), INT64_MAX - (INT64_C(1) << 40) + 1);
    CHECK_INT(read_with(text_read_bytes, "8388607.9999999999999T"), INT64_MAX);
    CHECK_INT(read_with(text_read_bytes, "8388608T"), -1);
    CHECK_INT(read_with(text_read_bytes, "8388608.5T"), -1);
    CHECK_INT(read_with(text_read_bytes, "9223372036854775807T"), -1);
}

TEST(text_read_ms_knows_units_and_takes_bare_numbers_as_seconds)
{
    CHECK_INT(read_with(text_read_ms, "5"), 5000);
    CHECK_INT(read_with(text_read_ms, "5s"), 5000);
    CHECK_INT(read_with(text_read_ms, "500ms"), 500);
    CHECK_INT(read_with(text_read_ms, "2m"), 120000);
    CHECK_INT(read_with(text_read_ms, "1h"), 3600000);
    CHECK_INT(read_with(text_read_ms, "1.5s"), 1500);
    CHECK_INT(read_with(text_read_ms, "0.25"), 250);
    CHECK_INT(read_with(text_read_ms, "0"), 0);
    CHECK_INT(read_with(text_read_ms, "0.001"), 1);
    CHECK_INT(read_with(text_read_ms, "0.0009"), -1);
    CHECK_INT(read_with(text_read_ms, "1.5ms"), -1);
    static const char *const bad[] = {"5S", "5M", "5min", "5sec", "1d", "1us", "1h30m", "5K"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(read_with(text_read_ms, bad[i]), -1);
    CHECK_INT(read_with(text_read_ms, "9223372036854775"), INT64_C(9223372036854775000));
    CHECK_INT(read_with(text_read_ms, "9223372036854775.807"), INT64_MAX);
    CHECK_INT(read_with(text_read_ms, "9223372036854775.808"), -1);
    CHECK_INT(read_with(text_read_ms, "9223372036854776"), -1);
}

TEST(text_read_count_takes_whole_numbers_only)
{
    CHECK_INT(read_with(text_read_count, "0"), 0);
    CHECK_INT(read_with(text_read_count, "128"), 128);
    CHECK_INT(read_with(text_read_count, "9223372036854775807"), INT64_MAX);
    CHECK_INT(read_with(text_read_count, "1.5"), -1);
    CHECK_INT(read_with(text_read_count, "1.0"), -1);
    CHECK_INT(read_with(text_read_count, "1K"), -1);
}

TEST(text_read_milli_gives_thousandths)
{
    CHECK_INT(read_with(text_read_milli, "0.5"), 500);
    CHECK_INT(read_with(text_read_milli, "2"), 2000);
    CHECK_INT(read_with(text_read_milli, "1.25"), 1250);
    CHECK_INT(read_with(text_read_milli, "0.3333"), 333);
    CHECK_INT(read_with(text_read_milli, "0"), 0);
    CHECK_INT(read_with(text_read_milli, "0.0001"), -1);
    CHECK_INT(read_with(text_read_milli, "2s"), -1);
    CHECK_INT(read_with(text_read_milli, "9223372036854776"), -1);
}

static void check_bytes(int64_t bytes, const char *want)
{
    auto_buf struct buf out;
    buf_init(&out, 100);
    text_write_bytes(&out, bytes);
    CHECK_TEXT(out.data, want);
}

TEST(text_write_bytes_is_short_and_never_rounds_up)
{
    check_bytes(0, "0 bytes");
    check_bytes(1, "1 byte");
    check_bytes(17, "17 bytes");
    check_bytes(1023, "1023 bytes");
    check_bytes(1024, "1 KiB");
    check_bytes(1536, "1.5 KiB");
    check_bytes(1331, "1.29 KiB");
    check_bytes(10240, "10 KiB");
    check_bytes(1048575, "1023.99 KiB");
    check_bytes(268435456, "256 MiB");
    check_bytes(INT64_C(100) << 30, "100 GiB");
    check_bytes(INT64_C(4) << 40, "4 TiB");
    check_bytes(INT64_MAX, "7.99 EiB");
    check_bytes(-17, "-17 bytes");
    check_bytes(INT64_MIN, "-8 EiB");
}

static void check_ms(double ms, const char *want)
{
    auto_buf struct buf out;
    buf_init(&out, 400);
    text_write_ms(&out, ms);
    CHECK_TEXT(out.data, want);
}

TEST(text_write_ms_chooses_a_fitting_unit)
{
    check_ms(0, "0 ms");
    check_ms(1.25, "1.25 ms");
    check_ms(0.0314, "0.031 ms");
    check_ms(100, "100 ms");
    check_ms(999.999, "999.999 ms");
    check_ms(999.9999, "1 s");
    check_ms(5000, "5 s");
    check_ms(1234.5, "1.234 s"); /* 1.2345 lies below its decimal text */
    check_ms(60000, "1 min");
    check_ms(61000, "61 s");
    check_ms(600000, "10 min");
    check_ms(86400000, "24 h");
    check_ms(-5000, "-5 s");
}

TEST(text_write_ms_survives_any_double)
{
    check_ms(NAN, "unknown");
    check_ms(INFINITY, "unknown");
    auto_buf struct buf out;
    buf_init(&out, 400);
    text_write_ms(&out, -1.7976931348623157e308);
    CHECK(str_starts(buf_str(&out), "-17976931348623"));
    CHECK(str_ends(buf_str(&out), " s"));
}

static void check_escape(struct str bytes, bool keep_lines, const char *want)
{
    auto_buf struct buf out;
    buf_init(&out, 400);
    text_escape(&out, bytes, keep_lines);
    CHECK_TEXT(buf_str(&out).ptr, want);
}

TEST(text_escape_passes_printable_text)
{
    check_escape(STR(""), false, "");
    check_escape(STR("plain ~ \\ \"text\""), false, "plain ~ \\ \"text\"");
    check_escape(STR("é€😀 日本 \u00a0"), false, "é€😀 日本 \u00a0");
}

TEST(text_escape_disarms_controls)
{
    check_escape(STR("\x1b]52;c;aGk=\x07"), false, "\\x1b]52;c;aGk=\\x07");
    check_escape(STR("a\0b\x7f"), false, "a\\x00b\\x7f");
    check_escape(STR("\r\b\v\f"), false, "\\r\\x08\\x0b\\x0c");
    check_escape(STR("\xC2\x9B"
                     "31m\xC2\x80\xC2\x9F"),
                 false, "\\u{9b}31m\\u{80}\\u{9f}");
    check_escape(STR("\u202a\u202e\u2066\u2069\u200e\u200f\u061c"), false,
                 "\\u{202a}\\u{202e}\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}");
    check_escape(STR("\u2028\u2029"), true, "\\u{2028}\\u{2029}");
}

TEST(text_escape_shows_invalid_bytes_one_by_one)
{
    check_escape(STR("\x9b"
                     "A\xff\xc3"),
                 false, "\\x9bA\\xff\\xc3");
    check_escape(STR("\xed\xa0\x80"), false, "\\xed\\xa0\\x80");
    check_escape(STR("\xc0\x8a"), true, "\\xc0\\x8a");
}

TEST(text_escape_keeps_lines_only_when_asked)
{
    check_escape(STR("a\tb\nc"), false, "a\\tb\\nc");
    check_escape(STR("a\tb\r\nc\x1b"), true, "a\tb\\r\nc\\x1b");
}

TEST(text_escape_into_a_full_buf_ends_with_a_whole_character)
{
    /* where the beginnings that may remain end */
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};
    for (size_t max = 0; max < COUNT_OF(lengths); max++) {
        auto_buf struct buf out;
        buf_init(&out, max);
        text_escape(&out, STR("aé\x1bz"), false);
        CHECK(str_equal(buf_str(&out), str_of("aé\\x1bz", lengths[max])));
        CHECK_INT(out.over, max < 8);
    }
}
