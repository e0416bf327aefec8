#include "testgen/suite.h"

#include "base/json_read.h"
#include "tests/test.h"

static const struct callable clamp = {.qual = STR("clamp"), .line = 3};
static const struct goal entry = {.kind = GOAL_ENTRY, .callable = 0, .line = 3};
static const struct mutant less = {
    .callable = 0, .line = 4, .operator= STR("relational"), .before = STR("<"), .after = STR("<=")};
static const struct subject subject = {.module = STR("wallet"),
                                       .callables = &clamp,
                                       .callable_count = 1,
                                       .goals = &entry,
                                       .goal_count = 1,
                                       .mutants = &less,
                                       .mutant_count = 1};

static const struct json_value *read_back(const struct suite *suite)
{
    static struct arena arena;
    auto_buf struct buf out;
    struct error err = {};
    buf_init(&out, 1 << 16);
    arena_init(&arena, 1 << 20);
    suite_write(&out, suite);
    const struct json_value *root = json_read(&arena, buf_str(&out), &err);
    CHECK_OK(root != NULL, err);
    return root;
}

TEST(suite_is_written_as_json_with_every_case_on_its_own)
{
    bool covered = true;
    enum mutant_fate fate = MUTANT_KILLED;
    uint32_t kills[] = {0};
    struct suite_case cases[] = {
        {.id = STR("low"), .line = STR("    1,"), .kills = kills, .kill_count = 1},
        {.id = STR("a\"b"), .line = STR("    2,")}};
    struct suite_block block = {.name = STR("test_clamp"), .cases = cases, .case_count = 2};
    struct suite_target target = {.callable = 0, .tests = 2};
    struct suite_rejection rejection = {STR("stable"), STR("a clock"), STR("clamp()")};
    const struct json_value *root = read_back(&(struct suite){.subject = &subject,
                                                              .seed = 5,
                                                              .blocks = &block,
                                                              .block_count = 1,
                                                              .covered = &covered,
                                                              .fates = &fate,
                                                              .targets = &target,
                                                              .target_count = 1,
                                                              .rejections = &rejection,
                                                              .rejection_count = 1});
    const struct json_value *first = json_at(json_get(root, "blocks"), 0);
    CHECK_TEXT(json_get(first, "name")->text.ptr, "test_clamp");
    CHECK_TEXT(json_get(first, "qual")->text.ptr, "clamp");
    CHECK_INT(json_get(first, "cases")->count, 2);
    CHECK_TEXT(json_get(json_at(json_get(first, "cases"), 1), "id")->text.ptr, "a\"b");
    CHECK_INT(json_at(json_get(json_at(json_get(first, "cases"), 0), "kills"), 0)->integer, 0);
    CHECK_TEXT(json_get(json_at(json_get(root, "mutants"), 0), "fate")->text.ptr, "killed");
    CHECK(json_get(json_at(json_get(root, "goals"), 0), "covered")->truth);
    CHECK_INT(json_get(json_at(json_get(root, "targets"), 0), "tests")->integer, 2);
    CHECK_TEXT(json_get(json_at(json_get(root, "rejections"), 0), "reason")->text.ptr, "a clock");
    CHECK_INT(json_get(root, "seed")->integer, 5);
}
