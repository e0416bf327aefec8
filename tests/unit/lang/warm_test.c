#include "tests/unit/lang/tree.h"

/* Of code in this language, with one variable and under these limits, where they are not NULL. */
static enum warm warm_of(const char *language, const char *code, const char *variable,
                         const char *memory)
{
    const char *env[] = {variable, NULL};
    struct run_request request = tree_request();
    struct error err = {};
    request.language = language;
    request.has_code = true;
    request.code = str_from(code);
    if (variable != NULL)
        request.env = (struct words){env, 1};
    if (memory != NULL)
        CHECK_OK(limits_set_text(&request.limits, LIMIT_MEMORY, str_from(memory), &err), err);
    return tree_plan(&request).run.warm;
}

TEST(a_plain_program_of_node_can_run_in_one_that_waits)
{
    tree_need_program(BOX_NODE);
    CHECK_INT(warm_of("js", "1", NULL, NULL), WARM_NODE);
    CHECK_INT(warm_of("js", "1", "A=b", NULL), WARM_NODE);
}

TEST(python_with_a_hash_seed_can_run_in_one_that_was_started_with_it)
{
    tree_need_program(BOX_PYTHON);
    CHECK_INT(warm_of("python", "1", "PYTHONHASHSEED=0", NULL), WARM_PYTHON);
    CHECK_INT(warm_of("python", "1", "PYTHONHASHSEED=12345", NULL), WARM_PYTHON);
    CHECK_INT(warm_of("python", "1", "PYTHONHASHSEED=random", NULL), WARM_COMMAND);
    CHECK_INT(warm_of("python", "1", "PYTHONHASHSEED=none", NULL), WARM_COMMAND);
    CHECK_INT(warm_of("python", "1", "PYTHONOPTIMIZE=1", NULL), WARM_COMMAND);
}

TEST(what_node_reads_when_it_starts_is_read_by_one_of_its_own)
{
    tree_need_program(BOX_NODE);
    CHECK_INT(warm_of("js", "1", "NODE_OPTIONS=--no-warnings", NULL), WARM_COMMAND);
    CHECK_INT(warm_of("js", "1", "TZ=Asia/Tokyo", NULL), WARM_COMMAND);
    CHECK_INT(warm_of("js", "1", NULL, "256M"), WARM_COMMAND);
}

TEST(a_parked_runtime_is_for_the_usual_working_folder)
{
    tree_need_program(BOX_NODE);
    struct run_request request = tree_request();
    request.language = "js";
    request.has_code = true;
    request.code = STR("1");
    request.cwd = "/tmp";
    CHECK_INT(tree_plan(&request).run.warm, WARM_COMMAND);
}

TEST(java_and_its_tests_have_kinds_of_their_own)
{
    static const char tests[] =
        "import org.junit.Test; public class T { @Test public void one() {} }";
    tree_need_program("/usr/lib/jvm/java-17-openjdk-amd64/bin/javac");
    CHECK_INT(warm_of("java", "class A { static void main(String[] a) {} }", NULL, NULL),
              WARM_JAVA);
    CHECK_INT(warm_of("java", "class A { static void main(String[] a) {} }",
                      "JAVA_TOOL_OPTIONS=-Xint", NULL),
              WARM_COMMAND);
    if (access("/usr/share/java/junit4.jar", R_OK) == 0)
        CHECK_INT(warm_of("java", tests, NULL, NULL), WARM_JUNIT);
}
