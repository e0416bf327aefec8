#include "tests/unit/lang/tree.h"

static int place_of(const struct words *words, const char *word)
{
    for (uint32_t i = 0; i < words->count; i++)
        if (strcmp(words->list[i], word) == 0)
            return (int)i;
    return -1;
}

TEST(c_is_compiled_in_one_step_and_run_in_another)
{
    tree_need_program("/usr/bin/gcc");
    const char *args[] = {"one", NULL};
    tree_put("p/x.c", "");
    tree_put("p/x.h", "");
    tree_put("p/a.out", "old");
    struct tree_path path = tree_path("p/x.c");
    struct run_request request = tree_request();
    request.source_path = path.text;
    request.args = (struct words){args, 1};
    struct plan plan = tree_plan(&request);
    CHECK(plan.has_compile);
    CHECK_TEXT(plan.artifact, "a.out");
    CHECK_INT(plan.run.argv.count, 2);
    CHECK_TEXT(plan.run.argv.list[0], BOX_WORK "/a.out");
    CHECK_TEXT(plan.run.argv.list[1], "one");
    CHECK(words_have(&plan.compile.argv, "/in/p/x.c"));
    CHECK(!words_have(&plan.compile.argv, "one"));
    CHECK_INT(place_of(&plan.compile.argv, "-o") + 1,
              place_of(&plan.compile.argv, BOX_WORK "/a.out"));
    CHECK_TEXT(plan.compile.argv.list[plan.compile.argv.count - 1], "-lm");
    CHECK_TEXT(plan.compile.cwd, "/work");
    CHECK_INT(plan.compile.limits.value[LIMIT_WALL], 60000);
    CHECK_INT(plan.run.limits.value[LIMIT_WALL], 10000);
    CHECK_INT(plan.compile.env.count, plan.run.env.count);
    CHECK(plan_link_text(&plan, "a.out") == NULL);
    CHECK(plan_link_text(&plan, "x.h") != NULL);
}

TEST(a_folder_of_c_is_one_program_of_all_its_sources_unless_one_is_named)
{
    tree_need_program("/usr/bin/gcc");
    tree_put("p.c/b.c", "");
    tree_put("p.c/a.c", "");
    tree_put("p.c/notes.txt", "");
    tree_put("p.c/deep/c.c", "");
    struct tree_path path = tree_path("p.c");
    struct run_request request = tree_request();
    request.source_path = path.text;
    struct plan plan = tree_plan(&request);
    int first = place_of(&plan.compile.argv, "/in/p.c/a.c");
    CHECK(first > 0);
    CHECK_INT(place_of(&plan.compile.argv, "/in/p.c/b.c"), first + 1);
    CHECK(!words_have(&plan.compile.argv, "/in/p.c/deep/c.c"));
    request.entry = "b.c";
    plan = tree_plan(&request);
    CHECK(words_have(&plan.compile.argv, "/in/p.c/b.c"));
    CHECK(!words_have(&plan.compile.argv, "/in/p.c/a.c"));
}

TEST(a_c_source_may_have_any_name_when_the_language_is_named)
{
    tree_need_program("/usr/bin/gcc");
    tree_put("p/program", "");
    tree_put("p/other.c", "");
    struct tree_path path = tree_path("p/program");
    struct run_request request = tree_request();
    request.source_path = path.text;
    request.language = "c";
    struct plan plan = tree_plan(&request);
    CHECK(words_have(&plan.compile.argv, "/in/p/program"));
    CHECK(!words_have(&plan.compile.argv, "/in/p/other.c"));
    CHECK(place_of(&plan.compile.argv, "-x") < place_of(&plan.compile.argv, "/in/p/program"));
}

TEST(c_code_is_a_file_of_both_boxes)
{
    tree_need_program("/usr/bin/gcc");
    struct run_request request = tree_request();
    request.has_code = true;
    request.code = STR("int main(void) {}");
    request.language = "c";
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.files[0].name, "main.c");
    CHECK(words_have(&plan.compile.argv, BOX_WORK "/main.c"));
}

TEST(compiled_programs_are_refused_where_nothing_can_be_executed)
{
    tree_need_program("/usr/bin/gcc");
    struct run_request request = tree_request();
    request.has_code = true;
    request.language = "c";
    request.profile = profile_find(STR("snippet"));
    tree_refused(&request, "profile 'snippet' makes noexec", "--profile default");
}

TEST(a_compiler_version_that_is_not_there_or_none_at_all_is_refused)
{
    struct run_request request = tree_request();
    request.has_code = true;
    request.language = "c";
    request.version = "2.95";
    tree_refused(&request, "there is no C 2.95 on this host", "versions here: ");
    request.version = "../../x";
    tree_refused(&request, "'../../x' is no version", "such as 12");
}

TEST(a_folder_of_c_without_any_source_is_refused)
{
    tree_put("p/readme", "");
    struct tree_path path = tree_path("p");
    struct run_request request = tree_request();
    request.source_path = path.text;
    request.language = "c";
    tree_refused(&request, "no file in", "--entry FILE");
}
