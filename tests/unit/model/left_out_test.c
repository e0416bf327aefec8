#include "model/left_out.h"

#include "tests/test.h"

TEST(left_out_is_read_as_it_was_written)
{
    const struct left_out left_out = {1, 2, 3, 4, 1, 0};
    struct left_out again = {};
    struct error err = {};
    auto_buf struct buf line;
    buf_init(&line, 200);
    left_out_write(&line, &left_out);
    struct str rest = buf_str(&line), first;
    CHECK(str_take_line(&rest, &first) && left_out_is_line(first));
    CHECK_OK(left_out_read(first, &again, &err), err);
    CHECK(memcmp(&left_out, &again, sizeof again) == 0);
}

TEST(left_out_refuses_lines_that_are_none)
{
    static const char *const lines[] = {"",
                                        "L",
                                        "L\t",
                                        "L\t1\t2\t3\t4\t1",
                                        "L\t1\t2\t3\t4\t1\t0\t0",
                                        "L\t1\t2\t3\t4\t2\t0",
                                        "L\t-1\t2\t3\t4\t1\t0",
                                        "L\t9999999999\t2\t3\t4\t1\t0",
                                        "M\t1\t2\t3\t4\t1\t0"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct left_out read = {.links = 7};
        struct error err = {};
        CHECK(!left_out_read(str_from(lines[i]), &read, &err));
        CHECK_INT(read.links, 7);
    }
}

TEST(left_out_sums_stay_within_what_a_line_may_say)
{
    struct left_out sum = {.ignored = 1 << 30, .cut = 1};
    const struct left_out more = {.ignored = 5, .cut = 1, .links = 2};
    left_out_add(&sum, &more);
    CHECK_INT(sum.ignored, 1 << 30);
    CHECK_INT(sum.cut, 1);
    CHECK_INT(sum.links, 2);
}

TEST(left_out_says_what_there_is_and_nothing_of_what_there_is_not)
{
    const struct left_out left_out = {.ignored = 2, .links = 1};
    auto_buf struct buf out;
    buf_init(&out, 200);
    left_out_say(&out, &(struct left_out){.cut = 1});
    CHECK_INT(out.len, 0);
    left_out_say(&out, &left_out);
    CHECK_TEXT(out.data, "2 ignored by .gitignore, 1 link");
}
