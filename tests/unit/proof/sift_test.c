#include "proof/sift.h"

#include "tests/test.h"

/* Two targets; goals: the entry of the first, both sides of a decision on line 2. */
struct scene {
    struct test_goal goals[3];
    struct test_case first[4], second[1];
    struct test_block blocks[2];
    struct tested_module module;
};

static const uint32_t entry[] = {0}, both[] = {0, 1}, mutant[] = {7};

static struct test_case case_of(const uint32_t *goals, uint32_t goal_count, uint32_t kill_count)
{
    return (struct test_case){
        .goals = goals, .goal_count = goal_count, .kills = mutant, .kill_count = kill_count};
}

static void scene_init(struct scene *s)
{
    *s = (struct scene){.goals = {{.line = 1, .kind = STR("entry")},
                                  {.line = 2, .kind = STR("true")},
                                  {.line = 2, .kind = STR("false")}},
                        .first = {case_of(entry, 1, 0), case_of(both, 2, 1), case_of(both, 2, 1),
                                  case_of(NULL, 0, 0)},
                        .second = {case_of(NULL, 0, 0)}};
    s->blocks[0] =
        (struct test_block){.name = STR("test_f"), .target = 0, .cases = s->first, .case_count = 4};
    s->blocks[1] = (struct test_block){
        .name = STR("test_g"), .target = 1, .cases = s->second, .case_count = 1};
    s->module.suite = (struct test_suite){
        .goals = s->goals, .goal_count = 3, .blocks = s->blocks, .block_count = 2};
    arena_init(&s->module.arena, 1 << 20);
}

TEST(sift_leaves_out_what_adds_nothing_and_what_an_earlier_case_does)
{
    struct scene s;
    scene_init(&s);
    sift_suite(&s.module);
    CHECK_INT(s.first[0].fate, CASE_KEPT);
    CHECK_INT(s.first[1].fate, CASE_KEPT);
    CHECK_INT(s.first[2].fate, CASE_TWIN);
    CHECK(str_is(s.first[2].reason, "the same branches and mutants as in test_f"));
    CHECK_INT(s.first[3].fate, CASE_EMPTY);
    CHECK_INT(s.second[0].fate, CASE_KEPT); /* its target's only one */
    arena_done(&s.module.arena);
}

TEST(sift_leaves_out_what_only_reaches_what_the_projects_own_tests_reach)
{
    struct own_goal own[] = {{1, STR("entry")}};
    struct scene s;
    scene_init(&s);
    s.module.own_goals = own;
    s.module.own_goal_count = 1;
    sift_suite(&s.module);
    CHECK(s.goals[0].own && !s.goals[1].own);
    CHECK_INT(s.first[0].fate, CASE_KNOWN);
    CHECK_INT(s.first[1].fate, CASE_KEPT);
    arena_done(&s.module.arena);
}

TEST(sift_believes_no_line_that_decides_several_things)
{
    struct own_goal own[] = {{2, STR("true")}};
    struct scene s;
    scene_init(&s);
    s.goals[2].kind = STR("true");
    s.module.own_goals = own;
    s.module.own_goal_count = 1;
    sift_suite(&s.module);
    CHECK(!s.goals[1].own && !s.goals[2].own);
    arena_done(&s.module.arena);
}
