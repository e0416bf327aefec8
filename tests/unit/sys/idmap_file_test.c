#include "sys/idmap_file.h"

#include "base/buf.h"
#include "tests/test.h"

static const struct idmap_range ours = {2000000000, 32768};

static struct idmap_answer ranges(const char *text)
{
    return idmap_find_overlap(str_from(text), IDMAP_RANGES, ours);
}

static struct idmap_answer accounts(const char *text)
{
    return idmap_find_overlap(str_from(text), IDMAP_ACCOUNTS, ours);
}

TEST(ranges_that_touch_ours_from_outside_do_not_overlap)
{
    CHECK(!ranges("a:100000:65536\nb:1999999999:1\nc:2000032768:5\n").overlaps);
    CHECK(!ranges("a:2000000005:0\n").overlaps);
    CHECK(!ranges("").overlaps);
}

TEST(ranges_that_share_one_id_with_ours_overlap)
{
    CHECK(ranges("a:1999999999:2\n").overlaps);
    CHECK(ranges("a:2000032767:1").overlaps);
    CHECK(ranges("a:0:4294967295\n").overlaps);
    CHECK(ranges("a:2000000100:1\n").overlaps);
}

TEST(the_first_overlap_is_told_with_its_account_and_line)
{
    struct idmap_answer answer =
        ranges("# comment\nann:100000:65536\nbob:2000000010:7\ncy:0:4294967295\n");
    CHECK(answer.overlaps);
    CHECK(str_is(answer.first.name, "bob"));
    CHECK_INT(answer.first.line, 3);
    CHECK_INT(answer.first.range.first, 2000000010);
    CHECK_INT(answer.first.range.count, 7);
    CHECK_INT(answer.unreadable, 0);
}

TEST(accounts_are_judged_by_their_third_field_alone)
{
    CHECK(!accounts("root:x:0:2000000001:root:/root:/bin/sh\n").overlaps);
    CHECK(accounts("guest:x:2000000001:100:a:b:c\n").overlaps);
    CHECK(accounts("group:x:2000000001:member\n").overlaps);
}

TEST(lines_that_make_no_sense_are_counted_and_passed_over)
{
    struct idmap_answer answer = ranges("one\na:b:c\nd:1:2:3\ne:-1:5\nf:4294967296:1\n"
                                        "g:99999999999999999999:1\nh: 1:1\n:::\ni:2000000000:1\n");
    CHECK_INT(answer.unreadable, 8);
    CHECK(answer.overlaps);
    CHECK_INT(answer.first.line, 9);
}

TEST(entries_for_accounts_elsewhere_are_no_nonsense)
{
    CHECK_INT(accounts("+\n-evil::::::\n+@group::::::\n\n").unreadable, 0);
}

TEST(numbers_that_end_past_the_last_id_do_not_wrap_around)
{
    CHECK(!ranges("a:4294967295:4294967295\n").overlaps);
    CHECK(ranges("a:1:4294967295\n").overlaps);
}

TEST(bytes_of_any_kind_and_missing_line_ends_are_read_to_the_end)
{
    struct str text = STR("a\0b:2000000000:1\r\n\xff\xfe:2000000001:1");
    struct idmap_answer answer = idmap_find_overlap(text, IDMAP_RANGES, ours);
    CHECK(answer.overlaps);
    CHECK_INT(answer.first.name.len, 3);
    CHECK_INT(answer.unreadable, 0);
}

TEST_LASTING(a_million_lines_are_read_in_one_pass, 60)
{
    auto_buf struct buf text;
    buf_init(&text, (size_t)32 << 20);
    for (int i = 0; i < 1000000; i++)
        buf_printf(&text, "u:%d:9\n", i);
    buf_add_text(&text, "last:2000000000:1\n");
    struct idmap_answer answer = idmap_find_overlap(buf_str(&text), IDMAP_RANGES, ours);
    CHECK(answer.overlaps);
    CHECK_INT(answer.first.line, 1000001);
}
