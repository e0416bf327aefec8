#include "report/report.h"

#include <string.h>

#include "report/xml.h"
#include "tests/test.h"

TEST(xml_text_is_never_markup_and_always_xml)
{
    auto_buf struct buf out;
    buf_init(&out, 200);
    xml_add_text(&out, STR("<a b=\"c\">&\n\x1b[0m\xff"));
    CHECK(str_is(buf_str(&out), "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\xef\xbf\xbd[0m\xef\xbf\xbd"));
}

/* A module whose one test was dropped for a reason that wants to be markup. */
static struct tested_project project_of(struct tested_module *module, struct test_block *block,
                                        struct test_case *one)
{
    *one = (struct test_case){.fate = CASE_FAILED, .reason = STR("<b>|`x`\x1b]0;t\x07")};
    *block = (struct test_block){.name = STR("test_f"), .cases = one, .case_count = 1};
    *module = (struct tested_module){.name = "m",
                                     .path = "m.py",
                                     .import = "",
                                     .file = "test_m.py",
                                     .written = 1,
                                     .trouble = "a]b<script>"};
    module->suite = (struct test_suite){.blocks = block, .block_count = 1};
    return (struct tested_project){.title = "p", .modules = module, .module_count = 1};
}

TEST(reports_show_what_came_from_a_box_without_letting_it_act)
{
    struct tested_module module;
    struct test_block block;
    struct test_case one;
    struct tested_project project = project_of(&module, &block, &one);
    auto_buf struct buf markdown, junit;
    buf_init(&markdown, 1 << 16);
    buf_init(&junit, 1 << 16);
    report_write_markdown(&markdown, &project);
    report_write_junit(&junit, &project);
    CHECK(!str_has(buf_str(&markdown), '\x1b') && !str_has(buf_str(&junit), '\x1b'));
    CHECK_CONTAINS(markdown.data, "\\<b\\>\\|\\`x\\`");
    CHECK_CONTAINS(markdown.data, "a\\]b\\<script\\>");
    CHECK_CONTAINS(junit.data, "&lt;b&gt;|`x`");
    CHECK_CONTAINS(junit.data, "errors=\"1\" skipped=\"1\"");
}

TEST(lines_without_coverage_come_from_goals_merged_by_line)
{
    struct test_goal goals[] = {{.line = 4, .kind = STR("true"), .covered = true},
                                {.line = 1, .kind = STR("entry"), .covered = true},
                                {.line = 4, .kind = STR("false")}};
    struct tested_module module = {.name = "m", .path = "m.py"};
    module.suite = (struct test_suite){.goals = goals, .goal_count = 3};
    struct report_lines lines = report_lines_of(&module);
    CHECK_INT(lines.count, 2);
    CHECK(lines.lines[0].line == 1 && lines.lines[0].branches == 0 && lines.lines[0].executed);
    CHECK(lines.lines[1].line == 4 && lines.lines[1].branches == 2);
    CHECK_INT(lines.lines[1].branches_taken, 1);
    __builtin_free(lines.lines);
}

TEST(markdown_lists_the_mutants_that_survive_and_no_others)
{
    struct test_mutant mutants[] = {
        {.line = 7, .before = STR("a < b"), .after = STR("a <= b"), .fate = STR("survived")},
        {.line = 8, .before = STR("x"), .after = STR("y"), .fate = STR("killed"), .killed = true},
        {.line = 9, .before = STR("p"), .after = STR("q"), .fate = STR("unreached")}};
    struct tested_module module = {.name = "m", .path = "m.py"};
    module.suite = (struct test_suite){.mutants = mutants, .mutant_count = 3};
    const struct tested_project project = {.title = "p", .modules = &module, .module_count = 1};
    auto_buf struct buf out;
    buf_init(&out, 1 << 16);
    report_write_markdown(&out, &project);
    CHECK_CONTAINS(out.data, "- m, line 7: a \\< b → a \\<= b\n");
    CHECK(strstr(out.data, "line 8") == NULL && strstr(out.data, "line 9") == NULL);
}
