#include "model/mend.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

static struct finding finding_at(const char *rule, uint32_t line, uint32_t column,
                                 uint32_t end_line, uint32_t end_column)
{
    return (struct finding){.rule = rule,
                            .severity = SEVERITY_HIGH,
                            .line = line,
                            .column = column,
                            .end_line = end_line,
                            .end_column = end_column};
}

static void check_mended(const char *rule, const char *source, const char *want)
{
    struct finding finding = finding_at(rule, 1, 1, 1, (uint32_t)strlen(source) + 1);
    const struct checked_file file = {.name = "a", .findings = &finding, .finding_count = 1};
    auto_buf struct buf out;
    buf_init(&out, 4096);
    CHECK_INT(mend_all(&file, str_from(source), &out), want != NULL);
    CHECK_TEXT(out.data, want != NULL ? want : source);
}

TEST(mends_put_our_text_where_the_finding_lies)
{
    static const char *const rows[][3] = {
        {"python-yaml-load", "yaml.load(f)", "yaml.safe_load(f)"},
        {"python-yaml-load", "yaml.load(f, Loader=yaml.Loader)",
         "yaml.load(f, Loader=yaml.SafeLoader)"},
        {"python-yaml-load", "yaml.load(f, Loader=mine)", NULL},
        {"python-archive", "t.extractall()", "t.extractall(filter=\"data\")"},
        {"python-archive", "t.extractall(p)", "t.extractall(p, filter=\"data\")"},
        {"python-archive", "t.extractall(p, filter=f)", NULL},
        {"bash-remove-empty", "rm -rf \"$X\"/*", "rm -rf \"${X:?}\"/*"},
        {"bash-remove-empty", "rm -rf ${A}x $B/", "rm -rf ${A}x ${B:?}/"},
        {"bash-remove-empty", "rm -rf $1/", NULL},
        {"bash-remove-empty", "rm -rf ${A:-x}/", NULL},
        {"javascript-only-test", "it.only", "it"},
        {"python-eval", "eval(x)", NULL},
        {"python-breakpoint", "breakpoint()", "pass"},
        {"javascript-debugger", "debugger;", ";"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_mended(rows[i][0], rows[i][1], rows[i][2]);
}

TEST(mends_stay_within_their_findings_and_leave_those_that_do_not_count)
{
    static const char source[] = "\xc3\xa9; yaml.load(a); yaml.load(b)\nyaml.load(c)\nyaml.load(d)";
    struct finding list[] = {
        finding_at("python-yaml-load", 1, 4, 1, 16),
        finding_at("python-yaml-load", 1, 18, 1, 30),
        finding_at("python-yaml-load", 2, 1, 2, 13),
        finding_at("python-yaml-load", 9, 1, 9, 13),
    };
    const struct checked_file file = {.name = "a", .findings = list, .finding_count = 4};
    auto_buf struct buf out;
    buf_init(&out, 4096);
    list[1].ignored = "it is ours";
    CHECK_INT(mend_all(&file, str_from(source), &out), 2);
    CHECK_TEXT(out.data, "\xc3\xa9; yaml.safe_load(a); yaml.load(b)\nyaml.safe_load(c)\n"
                         "yaml.load(d)");
}

TEST(a_statement_is_taken_out_only_where_it_stands_alone)
{
    static const char *const sources[] = {"    breakpoint()\n", "x = breakpoint()\n",
                                          "    breakpoint(); y\n"};
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        struct finding finding = finding_at("python-breakpoint", 1, 5, 1, 17);
        const struct checked_file file = {.name = "a", .findings = &finding, .finding_count = 1};
        auto_buf struct buf out;
        buf_init(&out, 4096);
        CHECK_INT(mend_all(&file, str_from(sources[i]), &out), i == 0);
    }
}

TEST(places_that_make_no_sense_mend_nothing)
{
    struct finding list[] = {
        finding_at("python-yaml-load", 1, 12, 1, 1),
        finding_at("python-yaml-load", 7, 1, 7, 9),
        finding_at("python-yaml-load", 1, 1, 1, 5),
    };
    const struct checked_file file = {.name = "a", .findings = list, .finding_count = 3};
    auto_buf struct buf out;
    buf_init(&out, 4096);
    CHECK_INT(mend_all(&file, STR("yaml.load(a)"), &out), 0);
}

TEST(a_diff_has_a_hunk_for_each_place_with_what_stands_around_it)
{
    auto_buf struct buf out;
    buf_init(&out, 4096);
    mend_write_diff(&out, "a.py", STR("1\n2\n3\n4\nx\n6\n7\n8\n9\n10\n11\n12\n13\n14\ny"),
                    STR("1\n2\n3\n4\nX\n6\n7\n8\n9\n10\n11\n12\n13\n14\nY"));
    CHECK_TEXT(out.data, "--- a/a.py\n+++ b/a.py\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-x\n+X\n 6\n 7\n 8\n"
                         "@@ -12,4 +12,4 @@\n 12\n 13\n 14\n-y\n\\ No newline at end of file\n"
                         "+Y\n\\ No newline at end of file\n");
}
