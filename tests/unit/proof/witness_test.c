#include "proof/witness.h"

#include "tests/test.h"

#define BEGAN "{\"began\": true}\n"
#define ENDED "{\"ended\": 1}\n"
#define LINE(file, test, place, outcome, effects)                                                  \
    "{\"file\": \"" file "\", \"test\": \"" test "\", \"case\": " #place                           \
    ", \"outcome\": \"" outcome "\", \"why\": \"because\", \"effects\": [" effects "]}\n"
#define PLANTED                                                                                    \
    LINE("test_x.py", "test_a_fails", 0, "failed", "")                                             \
    LINE("test_x.py", "test_b_passes", 0, "passed", "")

/* One block of three cases, of which the middle one does not stand in the file. */
struct scene {
    struct test_case cases[3];
    struct test_block block;
    struct test_suite suite;
    struct arena arena;
    struct witness witness;
};

static void scene_init(struct scene *s, const char *under)
{
    *s = (struct scene){.cases = {{.position = 0},
                                  {.position = TEST_NOWHERE, .fate = CASE_FAILED},
                                  {.position = 1}}};
    s->block = (struct test_block){.name = STR("test_f"), .cases = s->cases, .case_count = 3};
    s->suite = (struct test_suite){.blocks = &s->block, .block_count = 1};
    arena_init(&s->arena, 1 << 20);
    s->witness = (struct witness){.module_file = "test_m.py",
                                  .planted_file = "test_x.py",
                                  .suite = &s->suite,
                                  .arena = &s->arena,
                                  .under = under};
}

TEST(witness_believes_a_whole_run_only)
{
    struct scene s;
    const struct str whole = STR(BEGAN LINE("test_m.py", "test_f", 0, "passed", "")
                                     LINE("test_m.py", "test_f", 1, "passed", "") PLANTED ENDED);
    scene_init(&s, NULL);
    witness_read(&s.witness, whole);
    CHECK(witness_is_whole(&s.witness));
    CHECK_INT(s.witness.dropped, 0);
    arena_done(&s.arena);

    scene_init(&s, NULL);
    witness_read(&s.witness, str_of(whole.ptr, whole.len - sizeof ENDED + 1));
    CHECK(!witness_is_whole(&s.witness));
    arena_done(&s.arena);
}

TEST(witness_takes_a_planted_test_that_passes_for_a_forgery)
{
    struct scene s;
    scene_init(&s, NULL);
    witness_read(&s.witness, STR(BEGAN LINE("test_m.py", "test_f", 0, "passed", "")
                                     LINE("test_m.py", "test_f", 1, "passed", "")
                                         LINE("test_x.py", "test_a_fails", 0, "passed", "") LINE(
                                             "test_x.py", "test_b_passes", 0, "passed", "") ENDED));
    CHECK(!s.witness.planted_failed);
    CHECK(!witness_is_whole(&s.witness));
    arena_done(&s.arena);
}

TEST(witness_drops_what_fails_and_what_has_effects_by_its_place_in_the_file)
{
    struct scene s;
    scene_init(&s, "by night");
    witness_read(&s.witness, STR(BEGAN LINE("test_m.py", "test_f", 1, "failed", "") LINE(
                                 "test_m.py", "test_f", 0, "passed", "\"a file\"") PLANTED ENDED));
    CHECK(witness_is_whole(&s.witness));
    CHECK_INT(s.cases[2].fate, CASE_FLAKY);
    CHECK(str_is(s.cases[2].reason, "by night: because"));
    CHECK_INT(s.cases[0].fate, CASE_EFFECT);
    CHECK_INT(s.cases[1].fate, CASE_FAILED);
    CHECK_INT(s.witness.dropped, 2);
    arena_done(&s.arena);
}

TEST(witness_misses_a_case_that_was_not_told)
{
    struct scene s;
    scene_init(&s, NULL);
    witness_read(&s.witness,
                 STR(BEGAN LINE("test_m.py", "test_f", 0, "passed", "") PLANTED ENDED "no json\n"));
    CHECK(!witness_is_whole(&s.witness));
    CHECK(witness_first_unseen(&s.suite) == &s.cases[2]);
    arena_done(&s.arena);
}

TEST(witness_tells_of_the_first_perturbation_in_whatever_order_they_end)
{
    struct scene s;
    const struct str failed = STR(BEGAN LINE("test_m.py", "test_f", 0, "failed", "") PLANTED ENDED);
    scene_init(&s, "late");
    s.witness.rank = 2;
    witness_read(&s.witness, failed);
    CHECK_TEXT(s.cases[0].under, "late");
    s.witness.under = "first";
    s.witness.rank = 1;
    witness_read(&s.witness, failed);
    CHECK_TEXT(s.cases[0].under, "first");
    CHECK(str_is(s.cases[0].reason, "first: because"));
    s.witness.under = "last";
    s.witness.rank = 3;
    witness_read(&s.witness, failed);
    CHECK_TEXT(s.cases[0].under, "first");
    CHECK_INT(s.witness.dropped, 1);
    arena_done(&s.arena);
}
